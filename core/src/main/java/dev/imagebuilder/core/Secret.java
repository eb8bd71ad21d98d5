package dev.imagebuilder.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A text, or any bytes, that cannot be printed by accident: every way but {@link #reveal()} and
 * {@link #revealBytes()} shows three stars.
 */
public final class Secret {
  private final byte[] bytes;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Hides the text. */
  public static Secret of(String text) {
    return new Secret(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Hides bytes that need not be a text, such as a key file's. */
  public static Secret of(byte[] bytes) {
    return new Secret(bytes.clone());
  }

  /** The text itself, for the one place that sends it. */
  public String reveal() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The bytes themselves, those of a text in UTF-8. */
  public byte[] revealBytes() {
    return bytes.clone();
  }

  /** True if there is nothing to hide. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "***";
  }
}
