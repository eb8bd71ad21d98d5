package dev.imagebuilder.buildkit.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.buildkit.files.PathPatterns.Kind;
import dev.imagebuilder.buildkit.files.PathPatterns.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of .dockerignore, as the daemon's own matcher has them. */
final class PathPatternsTest {

  @Test
  void plainPatternFitsItselfAndAllBelow() {
    assertThat(fits("docs/a.txt", "docs")).isTrue();
    assertThat(fits("docs", "docs/")).isTrue();
    assertThat(fits("docs2", "docs")).isFalse();
    assertThat(fits("a/docs", "docs")).isFalse();
    assertThat(fits("a.b", "a?b")).isTrue();
    assertThat(fits("axb", "a.b")).isFalse();
  }

  @Test
  void starStopsAtASlashAndTwoStarsDoNot() {
    assertThat(fits("a.go", "*.go")).isTrue();
    assertThat(fits("x/a.go", "*.go")).isFalse();
    assertThat(fits("x/a.go", "*/*.go")).isTrue();
    assertThat(fits("x/y/a.go", "**/*.go")).isTrue();
    assertThat(fits("a.go", "**/*.go")).isTrue();
    assertThat(fits("x/y/secret", "**/secret")).isTrue();
    assertThat(fits("secret", "**/secret")).isTrue();
    assertThat(fits("x/nosecret", "**/secret")).isFalse();
    assertThat(fits("x/y/z", "x/**")).isTrue();
    assertThat(fits("x", "x/**")).isFalse();
    assertThat(fits("x/a/b/y", "x/**/y")).isTrue();
    assertThat(fits("x/y", "x/**/y")).isTrue();
    assertThat(fits("anything/at all", "**")).isTrue();
    assertThat(fits("some.bak", "**.bak")).isTrue();
    assertThat(fits("x/some.bak", "**.bak")).isTrue();
  }

  @Test
  void lastPatternThatFitsDecides() {
    assertThat(fits("docs/keep", "docs", "!docs/keep")).isFalse();
    assertThat(fits("docs/other", "docs", "!docs/keep")).isTrue();
    assertThat(fits("docs/keep/deep", "docs", "!docs/keep")).isFalse();
    assertThat(fits("docs/keep", "!docs/keep", "docs")).isTrue();
    assertThat(fits("a/b.md", "*", "!a", "a/*.md")).isTrue();
    assertThat(fits("a/b.txt", "*", "!a", "a/*.md")).isFalse();
  }

  @Test
  void bracketsAndBackslashes() {
    assertThat(fits("b", "[a-c]")).isTrue();
    assertThat(fits("d", "[a-c]")).isFalse();
    assertThat(fits("d", "[^a-c]")).isTrue();
    assertThat(fits("[", "[[]")).isTrue();
    assertThat(fits("a*b", "a\\*b")).isTrue();
    assertThat(fits("axb", "a\\*b")).isFalse();
    assertThat(fits("a+(b)|{c}$", "a+(b)|{c}$*")).isTrue();
    assertThat(fits("ünï/çode", "ünï/ç?de")).isTrue();
    assertThat(fits("a\nb", "a?b")).isTrue();
  }

  @Test
  void pathsAreCleaned() {
    assertThat(fits("a/b", "./a//b/")).isTrue();
    assertThat(fits("b", "a/../b")).isTrue();
    assertThat(PathPattern.clean("/../a/./b/../c")).isEqualTo("/a/c");
    assertThat(PathPattern.clean("..")).isEqualTo("..");
    assertThat(PathPattern.clean("")).isEqualTo(".");
  }

  @Test
  void malformedPatternsAreNamed() {
    for (String pattern : List.of("a[", "[", "!", "a[b")) {
      assertThatThrownBy(() -> PathPatterns.parse(List.of(pattern)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(pattern);
    }
  }

  @Test
  void foldersThatCannotHoldAnythingNeedNoLook() {
    PathPatterns patterns = PathPatterns.parse(List.of("src/main", "docs/**", "!docs/keep/x"));

    assertThat(patterns.mayFitBelow("src", Kind.ORDINARY)).isTrue();
    assertThat(patterns.mayFitBelow("lib", Kind.ORDINARY)).isFalse();
    assertThat(patterns.mayFitBelow("docs/keep", Kind.EXCEPTION)).isTrue();
    assertThat(patterns.mayFitBelow("docs/other", Kind.EXCEPTION)).isFalse();
    assertThat(PathPatterns.parse(List.of("!*/x")).mayFitBelow("any", Kind.EXCEPTION)).isTrue();
  }

  @Test
  void manyPatternsOnLongPathsEnd() {
    String evil = "**/a*b*c*d*e*f*g*h*".repeat(2);

    assertThat(fits("a".repeat(200), evil)).isFalse();
  }

  /** As the walk does it: folder by folder. */
  private static boolean fits(String path, String... texts) {
    PathPatterns patterns = PathPatterns.parse(List.of(texts));
    Verdict verdict = patterns.top();
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      verdict = patterns.of(path.substring(0, slash), verdict);
    }
    return patterns.of(path, verdict).fits();
  }
}
