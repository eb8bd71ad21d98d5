package dev.imagebuilder.devregistry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PullIT {
  private static final String INDEX = "application/vnd.oci.image.index.v1+json";

  @TempDir Path temp;
  private DevRegistry registry;
  private Http http;

  @BeforeEach
  void start() throws IOException {
    registry = DevRegistry.start(DevRegistryOptions.onLoopback(temp, 0));
    http = new Http(registry.uri());
  }

  @AfterEach
  void close() throws IOException {
    http.close();
    registry.close();
  }

  @Test
  void versionIsAnswered() throws Exception {
    HttpResponse<String> response = http.get("/v2/");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Http.header(response, "Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
  }

  @Test
  void manifestComesBackByteForByteWithItsType() throws Exception {
    Digest config = http.pushBlob("app", "{}");
    String manifest = "\n " + Http.image(config, ",\"x\":  1") + "\n";
    http.put("/v2/app/manifests/v1", Http.IMAGE + "; charset=utf-8", manifest);

    HttpResponse<String> byTag = http.get("/v2/app/manifests/v1");
    Digest digest = Digest.of(Http.utf8(manifest));
    HttpResponse<String> byDigest = http.get("/v2/app/manifests/" + digest);
    HttpResponse<String> head = http.head("/v2/app/manifests/v1");

    assertThat(byTag.body()).isEqualTo(manifest).isEqualTo(byDigest.body());
    assertThat(Http.header(byTag, "Content-Type")).isEqualTo(Http.IMAGE);
    assertThat(Http.header(byTag, "Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(Http.header(head, "Content-Length")).isEqualTo("" + manifest.length());
    assertThat(head.body()).isEmpty();
  }

  @Test
  void manifestWithoutItsBlobsIsRefused() throws Exception {
    String manifest = Http.image(Digest.of(Http.utf8("nowhere")), "");

    HttpResponse<String> put = http.put("/v2/app/manifests/v1", Http.IMAGE, manifest);

    assertThat(put.statusCode()).isEqualTo(400);
    assertThat(put.body()).contains("MANIFEST_BLOB_UNKNOWN");
    assertThat(http.get("/v2/app/manifests/v1").statusCode()).isEqualTo(404);
  }

  @Test
  void blobOfAnotherRepositoryDoesNotCount() throws Exception {
    Digest config = http.pushBlob("other", "{}");

    HttpResponse<String> put = http.put("/v2/app/manifests/v1", Http.IMAGE, Http.image(config, ""));

    assertThat(put.body()).contains("MANIFEST_BLOB_UNKNOWN");
    assertThat(http.get("/v2/app/blobs/" + config).statusCode()).isEqualTo(404);
  }

  @Test
  void indexNeedsItsManifests() throws Exception {
    Digest image = http.pushImage("app", "v1", "{}");
    String there = index(image);
    String missing = index(Digest.of(Http.utf8("nowhere")));

    assertThat(http.put("/v2/app/manifests/all", INDEX, there).statusCode()).isEqualTo(201);
    assertThat(http.put("/v2/app/manifests/all", INDEX, missing).body())
        .contains("MANIFEST_BLOB_UNKNOWN");
  }

  @Test
  void manifestOfAnotherDigestIsRefused() throws Exception {
    Digest config = http.pushBlob("app", "{}");
    String path = "/v2/app/manifests/" + Digest.of(Http.utf8("other"));

    assertThat(http.put(path, Http.IMAGE, Http.image(config, "")).body())
        .contains("DIGEST_INVALID");
  }

  @Test
  void manifestOfALongerDigestIsKept() throws Exception {
    Digest.Algorithm sha512 = Digest.Algorithm.SHA512;
    String manifest = Http.image(http.pushBlob("app", "{}"), "");
    Digest digest = Digest.of(sha512, sha512.hasher().digest(Http.utf8(manifest)));

    HttpResponse<String> put = http.put("/v2/app/manifests/" + digest, Http.IMAGE, manifest);

    assertThat(Http.header(put, "Docker-Content-Digest")).isEqualTo(digest.toString());
    assertThat(http.get("/v2/app/manifests/" + digest).body()).isEqualTo(manifest);
  }

  @Test
  void hugeManifestIsRefused() throws Exception {
    Digest config = http.pushBlob("app", "{}");
    String manifest = Http.image(config, ",\"x\":\"" + "x".repeat(4 << 20) + "\"");

    HttpResponse<String> put = http.put("/v2/app/manifests/v1", Http.IMAGE, manifest);

    assertThat(put.statusCode()).isEqualTo(413);
    assertThat(put.body()).contains("SIZE_INVALID");
  }

  @Test
  void namesAndTagsOutsideTheGrammarAreRefused() throws Exception {
    for (String name : List.of("App", "a//b", "_a", "a/_tags", "a..b", "-a", "a".repeat(256))) {
      HttpResponse<String> response = http.post("/v2/" + name + "/blobs/uploads/", "");
      assertThat(response.statusCode()).as(name).isEqualTo(400);
      assertThat(response.body()).contains("NAME_INVALID");
    }
    for (String tag : List.of(".hidden", "-x", "a%20b", "x".repeat(129))) {
      assertThat(http.put("/v2/app/manifests/" + tag, Http.IMAGE, "{}").statusCode())
          .as(tag)
          .isEqualTo(400);
    }
  }

  @Test
  void pathsThatClimbOrHideASlashAreRefused() throws Exception {
    http.pushImage("app", "v1", "{}");

    for (String path :
        List.of(
            "/v2/app/../app/manifests/v1",
            "/v2/app%2fx/manifests/v1",
            "/v2/%2e%2e/manifests/v1",
            "/v2/app/manifests/..%2f..%2fv1",
            "/v2/app/manifests/..",
            "/v2/../../etc/passwd",
            "/v3/app/manifests/v1",
            "/v2/app/blobs/sha256:..%2f")) {
      assertThat(rawStatus(path)).as(path).isIn("400", "404");
    }
  }

  @Test
  void encodedColonOfADigestIsRead() throws Exception {
    Digest digest = http.pushBlob("app", "hello");

    String encoded = digest.toString().replace(":", "%3A");

    assertThat(http.get("/v2/app/blobs/" + encoded).body()).isEqualTo("hello");
  }

  @Test
  void partsOfABlobAreSent() throws Exception {
    String blob = "/v2/app/blobs/" + http.pushBlob("app", "hello world");

    HttpResponse<String> middle = http.get(blob, "Range", "bytes=6-8");
    HttpResponse<String> rest = http.get(blob, "Range", "bytes=6-");
    HttpResponse<String> end = http.get(blob, "Range", "bytes=-3");
    HttpResponse<String> several = http.get(blob, "Range", "bytes=0-1,3-4");
    HttpResponse<String> beyond = http.get(blob, "Range", "bytes=11-");

    assertThat(middle.statusCode()).isEqualTo(206);
    assertThat(middle.body()).isEqualTo("wor");
    assertThat(Http.header(middle, "Content-Range")).isEqualTo("bytes 6-8/11");
    assertThat(rest.body()).isEqualTo("world");
    assertThat(end.body()).isEqualTo("rld");
    assertThat(several.statusCode()).isEqualTo(200);
    assertThat(beyond.statusCode()).isEqualTo(416);
    assertThat(Http.header(beyond, "Content-Range")).isEqualTo("bytes */11");
  }

  @Test
  void unknownThingsAreNotFound() throws Exception {
    http.pushImage("app", "v1", "{}");

    assertThat(http.get("/v2/app/manifests/v2").body()).contains("MANIFEST_UNKNOWN");
    assertThat(http.get("/v2/none/tags/list").body()).contains("NAME_UNKNOWN");
    assertThat(http.get("/v2/app/blobs/" + Digest.of(new byte[0])).body()).contains("BLOB_UNKNOWN");
    assertThat(http.get("/v2/app/blobs/sha256:zz").body()).contains("DIGEST_INVALID");
    assertThat(http.send("PUT", "/v2/", BodyPublishers.noBody()).statusCode()).isEqualTo(405);
  }

  @Test
  void tagsComeInPages() throws Exception {
    for (String tag : List.of("b", "a", "d", "c")) {
      http.pushImage("app", tag, "{}");
    }

    HttpResponse<String> all = http.get("/v2/app/tags/list");
    HttpResponse<String> first = http.get("/v2/app/tags/list?n=3");
    HttpResponse<String> next = http.get("/v2/app/tags/list?n=3&last=c");

    assertThat(all.body()).isEqualTo("{\"name\":\"app\",\"tags\":[\"a\",\"b\",\"c\",\"d\"]}");
    assertThat(first.body()).contains("[\"a\",\"b\",\"c\"]");
    assertThat(Http.header(first, "Link"))
        .isEqualTo("</v2/app/tags/list?n=3&last=c>; rel=\"next\"");
    assertThat(next.body()).contains("[\"d\"]");
    assertThat(Http.header(next, "Link")).isEmpty();
    assertThat(http.get("/v2/app/tags/list?n=0").body()).contains("[]");
    assertThat(http.get("/v2/app/tags/list?n=x").statusCode()).isEqualTo(400);
  }

  @Test
  void repositoriesAreListed() throws Exception {
    http.pushImage("b/c", "v1", "{}");
    http.pushImage("b", "v1", "{}");
    http.pushBlob("only/blobs", "x");

    assertThat(http.get("/v2/_catalog").body()).isEqualTo("{\"repositories\":[\"b\",\"b/c\"]}");
    assertThat(http.get("/v2/_catalog?n=1").body()).contains("[\"b\"]");
  }

  @Test
  void deletedManifestTakesItsTagsAlong() throws Exception {
    Digest digest = http.pushImage("app", "v1", "{}");
    http.pushImage("app", "v2", "{}");
    http.pushImage("app", "other", "{ }");

    assertThat(http.delete("/v2/app/manifests/" + digest).statusCode()).isEqualTo(202);

    assertThat(http.get("/v2/app/tags/list").body()).contains("[\"other\"]");
    assertThat(http.delete("/v2/app/manifests/" + digest).statusCode()).isEqualTo(404);
  }

  @Test
  void deletedTagLeavesItsManifest() throws Exception {
    Digest digest = http.pushImage("app", "v1", "{}");

    assertThat(http.delete("/v2/app/manifests/v1").statusCode()).isEqualTo(202);

    assertThat(http.get("/v2/app/manifests/v1").statusCode()).isEqualTo(404);
    assertThat(http.get("/v2/app/manifests/" + digest).statusCode()).isEqualTo(200);
  }

  @Test
  void deletedBlobIsGoneFromItsRepositoryOnly() throws Exception {
    Digest digest = http.pushBlob("app", "hello");
    http.pushBlob("other", "hello");

    assertThat(http.delete("/v2/app/blobs/" + digest).statusCode()).isEqualTo(202);

    assertThat(http.get("/v2/app/blobs/" + digest).statusCode()).isEqualTo(404);
    assertThat(http.get("/v2/other/blobs/" + digest).body()).isEqualTo("hello");
  }

  @Test
  void referrersAreFoundByTheirSubject() throws Exception {
    Digest subject = http.pushImage("app", "v1", "{}");
    Digest config = http.pushBlob("app", "{}");
    String about =
        Http.image(
            config,
            ",\"artifactType\":\"text/sbom\",\"annotations\":{\"a\":\"b\"},"
                + "\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}"
                    .formatted(Http.IMAGE, subject));
    Digest sbom = Digest.of(Http.utf8(about));

    HttpResponse<String> put = http.put("/v2/app/manifests/" + sbom, Http.IMAGE, about);
    HttpResponse<String> all = http.get("/v2/app/referrers/" + subject);
    HttpResponse<String> some = http.get("/v2/app/referrers/" + subject + "?artifactType=text/x");

    assertThat(Http.header(put, "OCI-Subject")).isEqualTo(subject.toString());
    assertThat(Http.header(all, "Content-Type")).isEqualTo(INDEX);
    assertThat(all.body())
        .contains(sbom.toString(), "\"artifactType\":\"text/sbom\"", "{\"a\":\"b\"}");
    assertThat(some.body()).contains("\"manifests\":[]");
    assertThat(Http.header(some, "OCI-Filters-Applied")).isEqualTo("artifactType");
    assertThat(http.get("/v2/none/referrers/" + subject).statusCode()).isEqualTo(200);

    http.delete("/v2/app/manifests/" + sbom);
    assertThat(http.get("/v2/app/referrers/" + subject).body()).contains("\"manifests\":[]");
  }

  @Test
  void everythingIsThereAfterARestart() throws Exception {
    Digest digest = http.pushImage("some/app", "v1", "{}");
    registry.close();

    registry = DevRegistry.start(DevRegistryOptions.onLoopback(temp, 0));

    try (Http again = new Http(registry.uri())) {
      assertThat(Http.header(again.head("/v2/some/app/manifests/v1"), "Docker-Content-Digest"))
          .isEqualTo(digest.toString());
    }
  }

  private static String index(Digest child) {
    return "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}]}"
        .formatted(Http.IMAGE, child);
  }

  /** The status of a GET whose path no client library has tidied up. */
  private String rawStatus(String path) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), registry.address().getPort())) {
      String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return answer.split(" ", 3)[1];
    }
  }
}
