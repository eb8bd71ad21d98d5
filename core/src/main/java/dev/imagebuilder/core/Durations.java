package dev.imagebuilder.core;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them ({@code 1h30m}), which the configuration file uses. */
public final class Durations {
  private static final Pattern WHOLE = Pattern.compile("(?:[0-9]+(?:\\.[0-9]+)?(?:h|ms|m|s))+");
  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(h|ms|m|s)");

  private Durations() {}

  /**
   * Reads hours, minutes, seconds and milliseconds: {@code 6h0m0s}, {@code 1.5s}, {@code 0}.
   *
   * @throws IllegalArgumentException if the text is no such duration
   */
  public static Duration parse(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException("not a duration such as 1h30m or 45s: " + text);
    }
    Duration sum = Duration.ZERO;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      double millis = Double.parseDouble(parts.group(1)) * millisOf(parts.group(2));
      sum = sum.plusMillis(Math.round(millis));
    }
    return sum;
  }

  /** The shortest way to write a duration: {@code 1h}, {@code 1m30s}, {@code 250ms}. */
  public static String words(Duration duration) {
    if (duration.toSeconds() == 0) {
      return duration.toMillis() + "ms";
    }
    String hours = duration.toHours() == 0 ? "" : duration.toHours() + "h";
    String minutes = duration.toMinutesPart() == 0 ? "" : duration.toMinutesPart() + "m";
    String seconds = duration.toSecondsPart() == 0 ? "" : duration.toSecondsPart() + "s";
    return hours + minutes + seconds;
  }

  private static double millisOf(String unit) {
    return switch (unit) {
      case "h" -> 3_600_000;
      case "m" -> 60_000;
      case "s" -> 1_000;
      default -> 1;
    };
  }
}
