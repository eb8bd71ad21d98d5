package dev.imagebuilder.core;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The hash that names content: {@code sha256:} and 64, or {@code sha512:} and 128, lower-case hex
 * digits.
 *
 * @see "OCI image-spec, descriptor.md, Digests"
 */
public record Digest(Algorithm algorithm, String hex) {

  public Digest {
    if (!algorithm.fits(hex)) {
      throw new IllegalArgumentException("not the hex of a " + algorithm + ": " + hex);
    }
  }

  /**
   * Reads {@code algorithm:hex}.
   *
   * @throws IllegalArgumentException if the text is not a digest of a known algorithm
   */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("not a digest, no algorithm: " + text);
    }
    return new Digest(Algorithm.named(text.substring(0, colon)), text.substring(colon + 1));
  }

  /** The SHA-256 digest of the bytes. */
  public static Digest of(byte[] content) {
    return of(Algorithm.SHA256, Algorithm.SHA256.hasher().digest(content));
  }

  /** The digest whose raw hash is given, as a finished {@link MessageDigest} returns it. */
  public static Digest of(Algorithm algorithm, byte[] hash) {
    return new Digest(algorithm, HexFormat.of().formatHex(hash));
  }

  /** {@code algorithm:hex}, the form of the wire. */
  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }

  /** The algorithms that the OCI image-spec registers. */
  public enum Algorithm {
    SHA256("SHA-256", 64),
    SHA512("SHA-512", 128);

    private final String jdkName;
    private final Pattern hex;

    Algorithm(String jdkName, int hexDigits) {
      this.jdkName = jdkName;
      this.hex = Pattern.compile("[0-9a-f]{" + hexDigits + "}");
    }

    /** A fresh hash in the making. */
    public MessageDigest hasher() {
      try {
        return MessageDigest.getInstance(jdkName);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has " + jdkName, e);
      }
    }

    private static Algorithm named(String name) {
      for (Algorithm algorithm : values()) {
        if (algorithm.toString().equals(name)) {
          return algorithm;
        }
      }
      throw new IllegalArgumentException("unknown digest algorithm: " + name);
    }

    private boolean fits(String text) {
      return hex.matcher(text).matches();
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
