package dev.imagebuilder.buildkit;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A release of BuildKit. */
record BuildkitVersion(int major, int minor, int patch) implements Comparable<BuildkitVersion> {
  /** Mended CVE-2024-23651, -23652 and -23653, by which a build gets out of its container. */
  static final BuildkitVersion OLDEST_SAFE = new BuildkitVersion(0, 12, 5);

  private static final Pattern NUMBERS =
      Pattern.compile("v?(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9}).*");

  /** The version in what a daemon says; empty for builds that are no release. */
  static Optional<BuildkitVersion> parse(String text) {
    Matcher numbers = NUMBERS.matcher(text);
    return numbers.matches()
        ? Optional.of(
            new BuildkitVersion(
                Integer.parseInt(numbers.group(1)),
                Integer.parseInt(numbers.group(2)),
                Integer.parseInt(numbers.group(3))))
        : Optional.empty();
  }

  /** False for the 0.0.0 of what was built from a commit. */
  boolean isRelease() {
    return major + minor + patch > 0;
  }

  @Override
  public int compareTo(BuildkitVersion other) {
    return Comparator.comparingInt(BuildkitVersion::major)
        .thenComparingInt(BuildkitVersion::minor)
        .thenComparingInt(BuildkitVersion::patch)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
