package dev.imagebuilder.devregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.work.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GarbageIT {
  private static final GcReport NOTHING = new GcReport(0, 0, 0);

  @TempDir Path temp;
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private DevRegistry registry;
  private Http http;

  @BeforeEach
  void start() throws IOException {
    registry =
        DevRegistry.start(
            DevRegistryOptions.onLoopback(temp, 0), () -> Instant.now().plus(ahead.get()));
    http = new Http(registry.uri());
  }

  @AfterEach
  void close() throws IOException {
    http.close();
    registry.close();
  }

  @Test
  void taggedImagesStayForEver() throws Exception {
    Digest digest = http.pushImage("app", "v1", "{}");
    ahead.set(Duration.ofDays(1000));

    assertThat(registry.collectGarbage()).isEqualTo(NOTHING);
    assertThat(http.get("/v2/app/manifests/" + digest).statusCode()).isEqualTo(200);
  }

  @Test
  void youngBlobsStayAndOldOnesGo() throws Exception {
    Digest digest = http.pushBlob("app", "hello");

    assertThat(registry.collectGarbage()).isEqualTo(NOTHING);
    ahead.set(Duration.ofHours(2));

    assertThat(registry.collectGarbage()).isEqualTo(new GcReport(0, 1, 5));
    assertThat(http.head("/v2/app/blobs/" + digest).statusCode()).isEqualTo(404);
    assertThat(Disk.list(temp.resolve("repositories"))).isEmpty();
  }

  @Test
  void oldImagesWithoutATagGoWithTheirBlobs() throws Exception {
    Digest old = http.pushImage("app", "v1", "{}");
    http.pushImage("app", "v1", "{ }");
    ahead.set(Duration.ofDays(1));
    assertThat(registry.collectGarbage()).isEqualTo(NOTHING);
    ahead.set(Duration.ofDays(31));

    GcReport report = registry.collectGarbage();

    assertThat(report.manifests()).isEqualTo(1);
    assertThat(report.blobs()).isEqualTo(2);
    assertThat(http.get("/v2/app/manifests/" + old).statusCode()).isEqualTo(404);
    assertThat(http.get("/v2/app/manifests/v1").statusCode()).isEqualTo(200);
  }

  @Test
  void whatAnIndexListsAndWhatIsAboutItStay() throws Exception {
    Digest child = http.pushImage("app", "temporary", "{}");
    String index =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[{\"digest\":\"%s\"}]}"
            .formatted(Manifest.OCI_INDEX, child);
    http.put("/v2/app/manifests/v1", Manifest.OCI_INDEX, index);
    String about =
        Http.image(Digest.of(Http.utf8("{}")), ",\"subject\":{\"digest\":\"%s\"}".formatted(child));
    Digest sbom = Digest.of(Http.utf8(about));
    http.put("/v2/app/manifests/" + sbom, Http.IMAGE, about);
    http.delete("/v2/app/manifests/temporary");
    ahead.set(Duration.ofDays(31));

    assertThat(registry.collectGarbage()).isEqualTo(NOTHING);
    http.delete("/v2/app/manifests/v1");

    assertThat(registry.collectGarbage().manifests()).isEqualTo(3);
    assertThat(http.get("/v2/app/referrers/" + child).body()).contains("\"manifests\":[]");
  }

  @Test
  void contentStaysAsLongAsOneRepositoryHasIt() throws Exception {
    http.pushImage("one", "v1", "{}");
    http.pushImage("two", "v1", "{}");
    http.delete("/v2/one/manifests/v1");
    ahead.set(Duration.ofDays(31));

    assertThat(registry.collectGarbage()).isEqualTo(new GcReport(1, 0, 0));
    assertThat(http.get("/v2/two/blobs/" + Digest.of(Http.utf8("{}"))).body()).isEqualTo("{}");
  }

  @Test
  void askingForABlobRenewsItsGrace() throws Exception {
    Digest digest = http.pushBlob("app", "hello");
    Path mark = temp.resolve("repositories/app/_blobs/sha256-" + digest.hex());
    Files.setLastModifiedTime(mark, FileTime.from(Instant.EPOCH));

    http.head("/v2/app/blobs/" + digest);

    assertThat(registry.collectGarbage()).isEqualTo(NOTHING);
  }

  @Test
  void cleaningWhilePushingBreaksNoPush() throws Exception {
    ahead.set(Duration.ofMinutes(59));
    AtomicInteger pushers = new AtomicInteger(4);
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String repository = i % 2 == 0 ? "shared" : "own" + i;
      int pusher = i;
      tasks.add(() -> {
        for (int n = 0; n < 40; n++) {
          // Blobs that others push and drop as well.
          Digest image = http.pushImage(repository, "t" + pusher, "{\"n\":" + n + "}");
          assertThat(http.get("/v2/" + repository + "/manifests/" + image).statusCode())
              .isEqualTo(200);
        }
        return pushers.decrementAndGet();
      });
    }
    tasks.add(() -> {
      int rounds = 0;
      while (pushers.get() > 0) {
        registry.collectGarbage();
        rounds++;
      }
      return rounds;
    });

    assertThat(Tasks.allOf(tasks).getLast()).isPositive();
  }

  @Test
  void staleUploadsExpire() throws Exception {
    try (Storage storage = Storage.open(temp.resolve("other"), Instant::now)) {
      Uploads uploads = storage.uploads();
      Upload upload = uploads.begin(new RepositoryName("app"));

      assertThat(uploads.expire(Instant.now().minusSeconds(60))).isZero();
      assertThat(uploads.expire(Instant.now().plusSeconds(60))).isEqualTo(1);
      assertThatThrownBy(() -> uploads.get(upload.repository(), upload.id()))
          .hasMessageContaining("begin a new one");
    }
  }

  @Test
  void folderIsCleanedByOneAtATime() throws Exception {
    DevRegistryOptions options = DevRegistryOptions.onLoopback(temp, 0);
    http.pushBlob("app", "hello");

    assertThatThrownBy(() -> DevRegistry.collectGarbage(options))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("another registry uses");
    registry.close();

    assertThat(DevRegistry.collectGarbage(options)).isEqualTo(NOTHING);
  }
}
