package dev.imagebuilder.pipeline.buildah;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of a program: three numbers. */
record BuildahVersion(int major, int minor, int patch) implements Comparable<BuildahVersion> {
  private static final Pattern FIRST = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+))?");

  /** The first version in what {@code --version} printed. */
  static Optional<BuildahVersion> in(String text) {
    Matcher version = FIRST.matcher(text);
    if (!version.find()) {
      return Optional.empty();
    }
    String patch = version.group(3);
    return Optional.of(
        new BuildahVersion(
            Integer.parseInt(version.group(1)),
            Integer.parseInt(version.group(2)),
            patch == null ? 0 : Integer.parseInt(patch)));
  }

  /** True if here-documents are read as such and not as instructions (1.33). */
  boolean readsHereDocuments() {
    return isAtLeast(1, 33, 0);
  }

  /**
   * True if RUN --mount cannot be made to mount this machine's files.
   *
   * @see "CVE-2024-1753, CVE-2024-9407, CVE-2024-9675, CVE-2024-11218"
   */
  boolean hasSafeMounts() {
    return isAtLeast(1, 38, 1) || isFixed(37, 6) || isFixed(35, 5) || isFixed(33, 12);
  }

  /** True if it is this version or a later one. */
  boolean isAtLeast(int wantedMajor, int wantedMinor, int wantedPatch) {
    return compareTo(new BuildahVersion(wantedMajor, wantedMinor, wantedPatch)) >= 0;
  }

  @Override
  public int compareTo(BuildahVersion other) {
    return Comparator.comparingInt(BuildahVersion::major)
        .thenComparingInt(BuildahVersion::minor)
        .thenComparingInt(BuildahVersion::patch)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }

  private boolean isFixed(int line, int since) {
    return major == 1 && minor == line && patch >= since;
  }
}
