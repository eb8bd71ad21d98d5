package dev.imagebuilder.cli.output;

import com.google.protobuf.Timestamp;
import dev.imagebuilder.proto.v1.BuildInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** What the API's values are called where people read them. */
public final class Words {

  private Words() {}

  /** The state in lower case: {@code timed out}. */
  public static String state(BuildInfo build) {
    return words(build.getState().name());
  }

  /** Why it runs, in lower case: {@code image missing}; empty if it is not known. */
  public static String cause(BuildInfo build) {
    return build.getCause() == BuildInfo.Cause.CAUSE_UNSPECIFIED
        ? ""
        : words(build.getCause().name());
  }

  /**
   * How long ago it was, in one or two units: {@code 45s}, {@code 23m}, {@code 5h12m}, {@code 3d}.
   */
  public static String age(Duration age) {
    if (age.toMinutes() == 0) {
      return Math.max(0, age.toSeconds()) + "s";
    }
    if (age.toHours() == 0) {
      return age.toMinutes() + "m";
    }
    return age.toDays() == 0
        ? String.format(Locale.ROOT, "%dh%02dm", age.toHours(), age.toMinutesPart())
        : age.toDays() + "d";
  }

  /** A moment of the API's. */
  public static Instant instant(Timestamp moment) {
    return Instant.ofEpochSecond(moment.getSeconds(), moment.getNanos());
  }

  /** A span of the API's. */
  public static Duration duration(com.google.protobuf.Duration span) {
    return Duration.ofSeconds(span.getSeconds(), span.getNanos());
  }

  /** {@code 3 steps, 2 cached}; empty if there are none. */
  static String steps(int steps, int cached) {
    if (steps == 0) {
      return "";
    }
    return steps
        + (steps == 1 ? " step" : " steps")
        + (cached == 0 ? "" : ", " + cached + " cached");
  }

  /** Seconds with a tenth, from a minute on {@code 1m02s}. */
  static String time(Duration time) {
    if (time.toMinutes() == 0) {
      return String.format(Locale.ROOT, "%.1fs", Math.max(0, time.toMillis()) / 1000.0);
    }
    if (time.toHours() == 0) {
      return String.format(Locale.ROOT, "%dm%02ds", time.toMinutes(), time.toSecondsPart());
    }
    return String.format(Locale.ROOT, "%dh%02dm", time.toHours(), time.toMinutesPart());
  }

  /** Bytes with three digits or so: {@code 999 B}, {@code 12.3 MB}. */
  static String bytes(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double shown = bytes / 1000.0;
    String units = "kMGTPE";
    int unit = 0;
    while (shown >= 999.95) {
      shown /= 1000;
      unit++;
    }
    return String.format(
        Locale.ROOT, shown < 9.995 ? "%.2f %sB" : "%.1f %sB", shown, units.charAt(unit));
  }

  /** What an engine is called, without what else is said of it: {@code buildah 1.28.2}. */
  public static String engine(BuildInfo build) {
    return build.getEngine().replaceFirst("( at |[(,;]).*", "").strip();
  }

  /** {@code build ID makes REF, with ENGINE}, as much of it as is known. */
  static String introduction(BuildInfo build) {
    StringBuilder text = new StringBuilder("build ").append(build.getId());
    if (!build.getRef().isEmpty()) {
      text.append(" makes ").append(build.getRef());
    }
    if (!build.getEngine().isEmpty()) {
      text.append(", with ").append(engine(build));
    }
    return CleanText.of(text.toString());
  }

  /** How a build ended, a sentence for people. */
  static String end(BuildInfo last) {
    return switch (last.getState()) {
      case SUCCEEDED -> {
        String steps = steps(last.getSteps(), last.getCachedSteps());
        yield steps.isEmpty() ? "done" : "done: " + steps;
      }
      case PRESENT -> "already there, nothing to build";
      default -> {
        String text = last.getOutcome().getText();
        yield text.isEmpty() ? "build " + state(last) + ", and the service does not say why" : text;
      }
    };
  }

  /** True if there is an image now. */
  public static boolean isGood(BuildInfo last) {
    return last.getState() == BuildInfo.State.SUCCEEDED
        || last.getState() == BuildInfo.State.PRESENT;
  }

  private static String words(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
