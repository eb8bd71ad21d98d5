package dev.imagebuilder.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SPEC 4.4. */
final class ImageReferenceTest {
  private static final String SHA256 =
      "sha256:839b30716e23e3ac46ed28d6f9fc0f77e3e7121a9b4b2833e8fb6ec4ec89b3bd";
  private static final String SHA512 = "sha512:" + "0f".repeat(64);

  @Test
  @Tag("row-54")
  @Tag("row-77")
  void lookupFormsAreThoseOfTheTable() {
    Map<String, String> table =
        Map.ofEntries(
            Map.entry("alpine", "docker.io/library/alpine:latest"),
            Map.entry("gitpod/workspace-full", "docker.io/gitpod/workspace-full:latest"),
            Map.entry("index.docker.io/foo/bar", "docker.io/foo/bar:latest"),
            Map.entry("index.docker.io/foo", "docker.io/library/foo:latest"),
            Map.entry("docker.io/ubuntu", "docker.io/library/ubuntu:latest"),
            Map.entry("localhost/x", "localhost/x:latest"),
            Map.entry("localhost:5000/x:1", "localhost:5000/x:1"),
            Map.entry("registry/workspace:abc", "docker.io/registry/workspace:abc"),
            Map.entry("registry:5000/workspace:abc", "registry:5000/workspace:abc"),
            Map.entry("alpine:3.19@" + SHA256, "docker.io/library/alpine@" + SHA256),
            Map.entry("alpine@" + SHA512, "docker.io/library/alpine@" + SHA512),
            Map.entry("FOO/bar", "FOO/bar:latest"),
            Map.entry("localhost:5000", "docker.io/library/localhost:5000"),
            Map.entry("[::1]:5000/x", "[::1]:5000/x:latest"),
            Map.entry("a.b/c__d/e-f--g.h:T_1.2-3", "a.b/c__d/e-f--g.h:T_1.2-3"));

    table.forEach((text, expected) ->
        assertThat(ImageReference.parse(text).lookupForm()).as(text).isEqualTo(expected));
  }

  @Test
  @Tag("row-54")
  void whatIsNoReferenceIsRefused() {
    List<String> refused =
        List.of(
            "",
            "Alpine",
            "foo/Bar",
            "a b",
            "x@sha256:12",
            "a".repeat(64),
            "ghcr.io/../etc",
            "reg.io/a?b=c#d",
            "reg.io/a%2fb",
            "reg.io//a",
            "reg.io/a/",
            "/a",
            "reg.io/a:",
            "reg.io/a@",
            "reg.io/a:.tag",
            "reg.io/a:" + "t".repeat(129),
            "reg.io:port/a",
            "reg.io/a\n",
            "https://reg.io/a",
            "user@reg.io/a",
            "-reg.io/a",
            "a/" + "b".repeat(250));

    for (String text : refused) {
      assertThatIllegalArgumentException()
          .as(text)
          .isThrownBy(() -> ImageReference.parse(text))
          .withMessageStartingWith("invalid reference \"");
    }
  }

  @Test
  void aMegabyteIsRefusedQuicklyAndQuotedBriefly() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageReference.parse("a-".repeat(500_000) + "a"))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
  }

  @Test
  void upperCaseInThePathIsNamedAsTheReason() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageReference.parse("foo/Bar"))
        .withMessageEndingWith("repository name must be lower case");
  }

  @Test
  void aTagOf128IsTheLongest() {
    String tag = "t".repeat(128);

    assertThat(ImageReference.parse("reg.io/a:" + tag).tag()).contains(tag);
  }

  @Test
  @Tag("row-54")
  void canonicalIsWhatNormalisingLeavesAlone() {
    assertThat(List.of("docker.io/registry/workspace:x", "reg.io/a", "reg.io/a@" + SHA256))
        .allMatch(ImageReference::isCanonical);
    assertThat(List.of("registry/workspace:x", "alpine", "index.docker.io/a/b", "A b"))
        .noneMatch(ImageReference::isCanonical);
  }

  @Test
  void whatWasGivenIsKept() {
    ImageReference reference = ImageReference.parse("alpine:3.19@" + SHA256);

    assertThat(reference.tag()).contains("3.19");
    assertThat(reference.digest()).contains(Digest.parse(SHA256));
    assertThat(reference.identifier()).isEqualTo(SHA256);
    assertThat(reference).hasToString("docker.io/library/alpine:3.19@" + SHA256);
  }

  @Test
  void aRepositoryCannotExistWrong() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Repository("ghcr.io", "../etc"));
    assertThatIllegalArgumentException().isThrownBy(() -> new Repository("a/b", "c"));
    assertThatIllegalArgumentException().isThrownBy(() -> new Repository("u@reg.io", "c"));
  }
}
