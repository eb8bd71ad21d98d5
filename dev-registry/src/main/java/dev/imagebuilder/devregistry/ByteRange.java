package dev.imagebuilder.devregistry;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of something, both ends included, as {@code Range} and {@code Content-Range} name it.
 *
 * @see "RFC 9110, 14.1.2; OCI distribution-spec v1.1, Pushing a blob in chunks"
 */
record ByteRange(long first, long last) {
  private static final Pattern WANTED = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");
  private static final Pattern SENT =
      Pattern.compile("(?:bytes[ =])?([0-9]{1,18})-([0-9]{1,18})(?:/.*)?");

  /** How many bytes. */
  long length() {
    return last - first + 1;
  }

  /**
   * Reads a {@code Range} header.
   *
   * @param size of the whole, in bytes
   * @return empty if the whole is to be sent: several ranges, or none that is understood
   * @throws Refusal if it is understood and beyond the end
   */
  static Optional<ByteRange> wanted(String header, long size) throws Refusal {
    Matcher range = WANTED.matcher(header.strip());
    if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
      return Optional.empty();
    }
    ByteRange wanted = within(range.group(1), range.group(2), size);
    if (wanted.first > wanted.last || wanted.first >= size) {
      throw new Refusal(
          416, Refusal.Code.SIZE_INVALID, "range " + header + " is not in " + size + " bytes");
    }
    return Optional.of(wanted);
  }

  /**
   * Reads the {@code Content-Range} of a chunk, which has no unit in the distribution-spec.
   *
   * @throws Refusal if it is not a range
   */
  static ByteRange sent(String header) throws Refusal {
    Matcher range = SENT.matcher(header.strip());
    if (range.matches()) {
      ByteRange sent =
          new ByteRange(Long.parseLong(range.group(1)), Long.parseLong(range.group(2)));
      if (sent.first <= sent.last) {
        return sent;
      }
    }
    throw new Refusal(
        400, Refusal.Code.BLOB_UPLOAD_INVALID, "Content-Range is not <first>-<last>: " + header);
  }

  private static ByteRange within(String first, String last, long size) {
    if (first.isEmpty()) {
      return new ByteRange(Math.max(0, size - Long.parseLong(last)), size - 1);
    }
    long end = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
    return new ByteRange(Long.parseLong(first), end);
  }
}
