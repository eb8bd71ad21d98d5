package dev.imagebuilder.devregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.Digest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetTest {
  private static final RepositoryName APP = new RepositoryName("some/app");
  private static final Digest DIGEST = Digest.of(new byte[0]);

  @Test
  void endpointsAreTold() throws Refusal {
    assertThat(Target.parse("/v2")).isEqualTo(new Target.Base());
    assertThat(Target.parse("/v2/_catalog")).isEqualTo(new Target.Catalog());
    assertThat(Target.parse("/v2/some/app/tags/list")).isEqualTo(new Target.Tags(APP));
    assertThat(Target.parse("/v2/some/app/manifests/v1"))
        .isEqualTo(new Target.ManifestAt(APP, "v1"));
    assertThat(Target.parse("/v2/some/app/blobs/" + DIGEST))
        .isEqualTo(new Target.Blob(APP, DIGEST));
    assertThat(Target.parse("/v2/some/app/blobs/uploads/")).isEqualTo(new Target.NewUpload(APP));
    assertThat(Target.parse("/v2/some/app/blobs/uploads")).isEqualTo(new Target.NewUpload(APP));
    assertThat(Target.parse("/v2/some/app/blobs/uploads/7"))
        .isEqualTo(new Target.RunningUpload(APP, "7"));
    assertThat(Target.parse("/v2/some/app/referrers/" + DIGEST))
        .isEqualTo(new Target.Referrers(APP, DIGEST));
  }

  @Test
  void namesMayContainTheWordsOfThePaths() throws Refusal {
    assertThat(Target.parse("/v2/blobs/uploads/manifests/v1"))
        .isEqualTo(new Target.ManifestAt(new RepositoryName("blobs/uploads"), "v1"));
    assertThat(Target.parse("/v2/a/manifests/tags/list"))
        .isEqualTo(new Target.Tags(new RepositoryName("a/manifests")));
  }

  @Test
  void otherPathsAreRefused() {
    for (String path : List.of("", "/", "/v1/", "/v2/app", "/v2/app/manifests/a/b", "/v2//x/y")) {
      assertThatThrownBy(() -> Target.parse(path)).as(path).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void rangesAreCutToTheSize() throws Refusal {
    assertThat(ByteRange.wanted("bytes=2-100", 10)).contains(new ByteRange(2, 9));
    assertThat(ByteRange.wanted("bytes=-100", 10)).contains(new ByteRange(0, 9));
    assertThat(ByteRange.wanted("bytes=-", 10)).isEqualTo(Optional.empty());
    assertThat(ByteRange.wanted("lines=1-2", 10)).isEqualTo(Optional.empty());
    for (String beyond : List.of("bytes=10-", "bytes=5-4", "bytes=-0")) {
      assertThatThrownBy(() -> ByteRange.wanted(beyond, 10)).as(beyond).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void chunksNameBothEnds() throws Refusal {
    assertThat(ByteRange.sent("0-9")).isEqualTo(new ByteRange(0, 9));
    assertThat(ByteRange.sent("bytes 5-9/*")).isEqualTo(new ByteRange(5, 9));
    for (String wrong : List.of("", "5", "9-5", "-5", "5-")) {
      assertThatThrownBy(() -> ByteRange.sent(wrong)).as(wrong).isInstanceOf(Refusal.class);
    }
  }
}
