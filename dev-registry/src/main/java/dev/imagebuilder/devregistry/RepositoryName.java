package dev.imagebuilder.devregistry;

import java.util.regex.Pattern;

/** A repository's name in this registry; safe to be used as a relative path. */
record RepositoryName(String text) implements Comparable<RepositoryName> {
  private static final Pattern GRAMMAR =
      Pattern.compile(
          "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final int LONGEST = 255;

  /**
   * @throws Refusal if the text is not in the grammar of the distribution-spec
   */
  static RepositoryName parse(String text) throws Refusal {
    if (text.length() > LONGEST || !GRAMMAR.matcher(text).matches()) {
      throw Refusal.badName(text);
    }
    return new RepositoryName(text);
  }

  @Override
  public int compareTo(RepositoryName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
