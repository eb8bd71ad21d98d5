package dev.imagebuilder.devregistry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.devregistry.DevRegistryOptions.Limits;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadIT {
  private static final Digest HELLO = Digest.of(Http.utf8("hello world"));

  @TempDir Path temp;
  private DevRegistry registry;
  private Http http;

  @BeforeEach
  void start() throws IOException {
    Limits small =
        new Limits(
            1000,
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofHours(1));
    registry = DevRegistry.start(DevRegistryOptions.onLoopback(temp, 0).withLimits(small));
    http = new Http(registry.uri());
  }

  @AfterEach
  void close() throws IOException {
    http.close();
    registry.close();
  }

  @Test
  void blobComesInOneRequest() throws Exception {
    HttpResponse<String> response =
        http.post("/v2/app/blobs/uploads/?digest=" + HELLO, "hello world");

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(http.get(Http.location(response)).body()).isEqualTo("hello world");
  }

  @Test
  void blobComesInTwoRequests() throws Exception {
    String upload = http.begin("a/b/c");

    HttpResponse<String> put =
        http.put(upload + "?digest=" + HELLO, "application/octet-stream", "hello world");

    assertThat(put.statusCode()).isEqualTo(201);
    assertThat(Http.header(put, "Docker-Content-Digest")).isEqualTo(HELLO.toString());
    assertThat(http.get("/v2/a/b/c/blobs/" + HELLO).body()).isEqualTo("hello world");
  }

  @Test
  void blobComesInChunksAndTellsHowFarItIs() throws Exception {
    String upload = http.begin("app");

    HttpResponse<String> first = http.patch(upload, "0-5", "hello ");
    HttpResponse<String> state = http.get(upload);
    HttpResponse<String> second = http.patch(upload, "6-8", "wor");
    HttpResponse<String> last =
        http.send(
            "PUT",
            upload + "?digest=" + HELLO,
            BodyPublishers.ofString("ld"),
            "Content-Range",
            "9-10");

    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(Http.header(first, "Range")).isEqualTo("0-5");
    assertThat(state.statusCode()).isEqualTo(204);
    assertThat(Http.header(state, "Range")).isEqualTo("0-5");
    assertThat(Http.header(second, "Range")).isEqualTo("0-8");
    assertThat(last.statusCode()).isEqualTo(201);
    assertThat(http.get("/v2/app/blobs/" + HELLO).body()).isEqualTo("hello world");
  }

  @Test
  void chunkOutOfOrderIsRefusedAndTheUploadGoesOn() throws Exception {
    String upload = http.begin("app");
    http.patch(upload, "0-5", "hello ");

    HttpResponse<String> gap = http.patch(upload, "7-9", "rld");
    HttpResponse<String> again = http.patch(upload, "0-5", "hello ");

    assertThat(gap.statusCode()).isEqualTo(416);
    assertThat(Http.header(gap, "Range")).isEqualTo("0-5");
    assertThat(again.statusCode()).isEqualTo(416);
    assertThat(http.patch(upload, "6-10", "world").statusCode()).isEqualTo(202);
    assertThat(http.put(upload + "?digest=" + HELLO, "x/y", "").statusCode()).isEqualTo(201);
  }

  @Test
  void chunkOfAnotherLengthThanItsRangeIsRefused() throws Exception {
    String upload = http.begin("app");

    assertThat(http.patch(upload, "0-5", "hello").body()).contains("SIZE_INVALID");
    assertThat(http.patch(upload, "five-six", "hello").statusCode()).isEqualTo(400);
  }

  @Test
  void otherBytesThanTheDigestAreRefusedAndNotServed() throws Exception {
    String upload = http.begin("app");

    HttpResponse<String> put = http.put(upload + "?digest=" + HELLO, "x/y", "hello there");

    assertThat(put.statusCode()).isEqualTo(400);
    assertThat(put.body()).contains("DIGEST_INVALID");
    assertThat(http.head("/v2/app/blobs/" + HELLO).statusCode()).isEqualTo(404);
    assertThat(http.get(upload).body()).contains("BLOB_UPLOAD_UNKNOWN");
  }

  @Test
  void digestMustBeOneAndMustBeThere() throws Exception {
    String upload = http.begin("app");

    assertThat(http.put(upload, "x/y", "hello").body()).contains("DIGEST_INVALID");
    assertThat(http.put(upload + "?digest=sha256:abc", "x/y", "hello").body())
        .contains("DIGEST_INVALID");
    assertThat(http.put(upload + "?digest=md5:abc", "x/y", "hello").body())
        .contains("DIGEST_INVALID");
  }

  @Test
  void longerDigestsAreTakenToo() throws Exception {
    Digest.Algorithm sha512 = Digest.Algorithm.SHA512;
    Digest digest = Digest.of(sha512, sha512.hasher().digest(Http.utf8("hello world")));

    http.post("/v2/app/blobs/uploads/?digest=" + digest, "hello world");

    assertThat(http.get("/v2/app/blobs/" + digest).body()).isEqualTo("hello world");
  }

  @Test
  void emptyBlobIsABlob() throws Exception {
    Digest empty = http.pushBlob("app", "");

    HttpResponse<String> head = http.head("/v2/app/blobs/" + empty);

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(Http.header(head, "Content-Length")).isEqualTo("0");
    assertThat(http.get("/v2/app/blobs/" + empty).body()).isEmpty();
  }

  @Test
  void uploadBelongsToItsRepository() throws Exception {
    String elsewhere = http.begin("app").replace("/v2/app/", "/v2/other/");

    assertThat(http.get(elsewhere).statusCode()).isEqualTo(404);
  }

  @Test
  void cancelledUploadIsGone() throws Exception {
    String upload = http.begin("app");
    http.patch(upload, "0-5", "hello ");

    assertThat(http.delete(upload).statusCode()).isEqualTo(204);
    assertThat(http.get(upload).statusCode()).isEqualTo(404);
    assertThat(Disk.list(temp.resolve("unfinished"))).isEmpty();
  }

  @Test
  void tooLongBlobIsRefusedWithOrWithoutALength() throws Exception {
    String long1001 = "x".repeat(1001);
    String upload = http.begin("app");

    HttpResponse<String> known = http.post("/v2/app/blobs/uploads/?digest=" + HELLO, long1001);
    HttpResponse<String> unknown =
        http.send("PATCH", upload, BodyPublishers.fromPublisher(BodyPublishers.ofString(long1001)));

    assertThat(known.statusCode()).isEqualTo(413);
    assertThat(unknown.statusCode()).isEqualTo(413);
  }

  @Test
  void bytesBeforeABreakAreKept() throws Exception {
    String upload = http.begin("app");
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), registry.address().getPort())) {
      OutputStream out = socket.getOutputStream();
      String head = "PATCH " + upload + " HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n";
      out.write((head + "hello ").getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      // Until the registry has noticed and hung up.
      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
    }

    HttpResponse<String> state = http.patch(upload, "6-10", "world");

    assertThat(state.statusCode()).isEqualTo(202);
    assertThat(http.put(upload + "?digest=" + HELLO, "x/y", "").statusCode()).isEqualTo(201);
  }

  @Test
  void blobIsMountedFromAnotherRepository() throws Exception {
    http.pushBlob("from", "hello world");

    HttpResponse<String> mounted =
        http.post("/v2/to/blobs/uploads/?mount=" + HELLO + "&from=from", "");

    assertThat(mounted.statusCode()).isEqualTo(201);
    assertThat(http.get(Http.location(mounted)).body()).isEqualTo("hello world");
  }

  @Test
  void whatCannotBeMountedIsToBeUploaded() throws Exception {
    HttpResponse<String> response =
        http.post("/v2/to/blobs/uploads/?mount=" + HELLO + "&from=from", "");

    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(Http.location(response)).contains("/blobs/uploads/");
  }
}
