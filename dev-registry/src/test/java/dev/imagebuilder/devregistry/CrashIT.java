package dev.imagebuilder.devregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashIT {
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  @TempDir Path temp;

  @Test
  void blobKilledInMidUploadIsNeverServedAndLeavesNothing() throws Exception {
    byte[] content = new byte[8 << 20];
    Digest digest = Digest.of(content);
    Digest image;
    try (Child child = Child.start(temp);
        Http http = new Http(child.uri());
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), child.uri().getPort())) {
      image = http.pushImage("app", "v1", "{}");
      String upload = http.begin("app");
      OutputStream out = socket.getOutputStream();
      String head =
          "PUT %s?digest=%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
              .formatted(upload, digest, content.length);
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(content, 0, content.length - 1);
      out.flush();
      awaitBytes(http, upload, content.length / 2);
      assertThat(sizeOf(temp.resolve("unfinished"))).isPositive();

      child.kill();
    }

    try (DevRegistry again = DevRegistry.start(DevRegistryOptions.onLoopback(temp, 0));
        Http http = new Http(again.uri())) {
      assertThat(http.head("/v2/app/blobs/" + digest).statusCode()).isEqualTo(404);
      assertThat(http.head("/v2/app/manifests/" + image).statusCode()).isEqualTo(200);
      assertThat(sizeOf(temp.resolve("unfinished"))).isZero();
    }
  }

  @Test
  void whatWasAcknowledgedIsThereAndWhatIsThereIsWhole() throws Exception {
    Map<String, Digest> acknowledged = new ConcurrentHashMap<>();
    for (int round = 0; round < 3; round++) {
      try (Child child = Child.start(temp);
          ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Semaphore pushed = new Semaphore(0);
        for (int pusher = 0; pusher < 4; pusher++) {
          String prefix = "r" + round + "-p" + pusher + "-";
          threads.execute(() -> pushUntilItBreaks(child, prefix, acknowledged, pushed));
        }
        assertThat(pushed.tryAcquire(20, 60, TimeUnit.SECONDS)).isTrue();
        child.kill();
      }
    }

    try (DevRegistry again = DevRegistry.start(DevRegistryOptions.onLoopback(temp, 0));
        Http http = new Http(again.uri())) {
      for (Map.Entry<String, Digest> one : acknowledged.entrySet()) {
        HttpResponse<String> head = http.head("/v2/app/manifests/" + one.getKey());
        assertThat(Http.header(head, "Docker-Content-Digest")).isEqualTo("" + one.getValue());
      }
      for (String tag : tags(http)) {
        assertWhole(http, tag);
      }
    }
  }

  @Test
  void folderOfALivingRegistryIsRefused() throws Exception {
    try (Child _ = Child.start(temp)) {
      assertThatThrownBy(() -> DevRegistry.start(DevRegistryOptions.onLoopback(temp, 0)))
          .hasMessageContaining("another registry uses");
    }
  }

  private static void pushUntilItBreaks(
      Child child, String prefix, Map<String, Digest> acknowledged, Semaphore pushed) {
    try (Http http = new Http(child.uri())) {
      for (int n = 0; ; n++) {
        Digest digest = http.pushImage("app", prefix + n, prefix + n + "x".repeat(100_000));
        acknowledged.put(prefix + n, digest);
        pushed.release();
      }
    } catch (IOException _) {
      // Killed, as it was to be.
      return;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void assertWhole(Http http, String tag) throws Exception {
    HttpResponse<String> manifest = http.get("/v2/app/manifests/" + tag);
    assertThat(Digest.of(Http.utf8(manifest.body())))
        .hasToString(Http.header(manifest, "Docker-Content-Digest"));
    Matcher config = DIGEST.matcher(manifest.body());
    assertThat(config.find()).isTrue();
    HttpResponse<String> blob = http.get("/v2/app/blobs/" + config.group());
    assertThat(Digest.of(Http.utf8(blob.body()))).hasToString(config.group());
  }

  private static String[] tags(Http http) throws Exception {
    String list = http.get("/v2/app/tags/list").body();
    return list.substring(list.indexOf('[') + 1, list.indexOf(']')).replace("\"", "").split(",");
  }

  /** Asks until so many bytes have arrived; each answer is a wait of its own. */
  private static void awaitBytes(Http http, String upload, long bytes) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    long arrived = 0;
    while (arrived < bytes) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(end);
      arrived = Long.parseLong(Http.header(http.get(upload), "Range").substring(2));
    }
  }

  private static long sizeOf(Path folder) throws IOException {
    long size = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        try (InputStream in = Files.newInputStream(file)) {
          size += in.readAllBytes().length;
        }
      }
    }
    return size;
  }
}
