package dev.imagebuilder.logging;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hides what a log line must not say. Hashes are mk3's (MD5 and the field's name), so that lines of
 * both can be matched; they pseudonymise, they do not protect.
 *
 * @see "SPEC 9.8"
 */
final class Redaction {
  private static final List<String> HIDDEN =
      List.of("auth_", "password", "token", "ssh", "private", "jwt", "secret", "email");
  private static final List<String> HASHED = List.of("metaid", "workspaceid", "username");
  private static final String NESTED = "[redacted:nested]";

  /** Collectors cut or drop lines beyond 256 KiB. */
  private static final int LONGEST = 32 * 1024;

  /** With a dot in the domain: {@code alpine@sha256:…} is no address. Bounded, so it is linear. */
  private static final Pattern EMAIL =
      Pattern.compile(
          "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}+@[a-zA-Z0-9-]{1,63}+(?:\\.[a-zA-Z0-9-]{1,63}+){1,8}");

  private static final Pattern GIT_URL =
      Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]{0,10}://[^\\s\"'<>]{1,2000}?\\.git(?![a-zA-Z0-9])");

  private Redaction() {}

  /** A field's value as it may be logged: a {@link Number}, a {@link Boolean} or a string. */
  static Object field(String name, @Nullable Object value) {
    if (value == null) {
      return "null";
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (HIDDEN.stream().anyMatch(lower::contains)) {
      return "[redacted:" + name + "]";
    }
    if (HASHED.stream().anyMatch(lower::contains)) {
      return hash(String.valueOf(value), name);
    }
    if (value instanceof Number || value instanceof Boolean) {
      return value;
    }
    return isNested(value) ? NESTED : text(String.valueOf(value));
  }

  /** A text without e-mail addresses and git URLs, and no longer than a collector takes. */
  static String text(String text) {
    String result = text;
    if (text.length() > LONGEST) {
      result = text.substring(0, LONGEST) + "… (" + (text.length() - LONGEST) + " more characters)";
    }
    if (result.contains(".git")) {
      result = GIT_URL.matcher(result).replaceAll(match -> hash(match.group(), "url"));
    }
    int at = result.indexOf('@');
    if (at >= 0 && result.indexOf('.', at) >= 0) {
      result = EMAIL.matcher(result).replaceAll("[redacted:email]");
    }
    return result;
  }

  /** Containers, and records that print all they hold. */
  private static boolean isNested(Object value) {
    return value instanceof Map
        || (value instanceof Iterable && !(value instanceof Path))
        || value instanceof Optional
        || value.getClass().isArray()
        || (value instanceof Record
            && value.toString().startsWith(value.getClass().getSimpleName() + "["));
  }

  private static String hash(String value, String name) {
    try {
      byte[] hash = MessageDigest.getInstance("MD5").digest(value.getBytes(StandardCharsets.UTF_8));
      return "[redacted:md5:" + HexFormat.of().formatHex(hash) + ":" + name + "]";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
