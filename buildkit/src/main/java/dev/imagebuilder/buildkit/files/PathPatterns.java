package dev.imagebuilder.buildkit.files;

import java.util.List;

/**
 * Patterns of which the last that fits decides; one that fits a folder fits all below it.
 *
 * @see "moby/patternmatcher, MatchesUsingParentResults"
 */
final class PathPatterns {
  private final List<PathPattern> patterns;

  private PathPatterns(List<PathPattern> patterns) {
    this.patterns = patterns;
  }

  /**
   * Reads them; empty ones are passed over.
   *
   * @throws IllegalArgumentException if one is malformed
   */
  static PathPatterns parse(List<String> texts) {
    return new PathPatterns(
        texts.stream().filter(text -> !text.isBlank()).map(PathPattern::parse).toList());
  }

  boolean isEmpty() {
    return patterns.isEmpty();
  }

  /** What holds for the top of a tree: nothing has fitted yet. */
  Verdict top() {
    return new Verdict(false, new boolean[patterns.size()]);
  }

  /**
   * Looks at a path.
   *
   * @param parent what was said of its folder
   */
  Verdict of(String path, Verdict parent) {
    boolean[] fitting = new boolean[patterns.size()];
    boolean fits = false;
    for (int i = 0; i < fitting.length; i++) {
      PathPattern pattern = patterns.get(i);
      // One that cannot change anything is not tried.
      fitting[i] = parent.fitting[i] || (pattern.isException() == fits && pattern.fits(path));
      fits = fitting[i] ? !pattern.isException() : fits;
    }
    return new Verdict(fits, fitting);
  }

  /** True if a pattern of the kind may fit something below a folder. */
  boolean mayFitBelow(String folder, Kind kind) {
    return patterns.stream()
        .filter(pattern -> pattern.isException() == (kind == Kind.EXCEPTION))
        .anyMatch(pattern -> pattern.mayFitBelow(folder));
  }

  /** Which patterns are meant. */
  enum Kind {
    ORDINARY,
    EXCEPTION
  }

  /** What the patterns say of one path. */
  static final class Verdict {
    private final boolean fits;
    private final boolean[] fitting;

    private Verdict(boolean fits, boolean[] fitting) {
      this.fits = fits;
      this.fitting = fitting;
    }

    boolean fits() {
      return fits;
    }
  }
}
