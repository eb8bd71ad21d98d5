package dev.imagebuilder.logging;

import ch.qos.logback.classic.Level;
import java.util.Locale;
import java.util.Optional;

/** How much is logged, in the words of mk3's configuration and metrics (SPEC 9.6, 9.8). */
public enum LogLevel {
  TRACE("DEBUG"),
  DEBUG("DEBUG"),
  INFO("INFO"),
  WARNING("WARNING"),
  ERROR("ERROR");

  private final String severity;

  LogLevel(String severity) {
    this.severity = severity;
  }

  /**
   * Reads a level: one of ours, {@code warn}, or {@code fatal} and {@code panic}, which log nothing
   * but errors here.
   */
  public static Optional<LogLevel> parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "trace" -> Optional.of(TRACE);
      case "debug" -> Optional.of(DEBUG);
      case "info" -> Optional.of(INFO);
      case "warn", "warning" -> Optional.of(WARNING);
      case "error", "fatal", "panic" -> Optional.of(ERROR);
      default -> Optional.empty();
    };
  }

  static LogLevel of(Level level) {
    return switch (level.toInt()) {
      case Level.TRACE_INT -> TRACE;
      case Level.DEBUG_INT -> DEBUG;
      case Level.INFO_INT -> INFO;
      case Level.WARN_INT -> WARNING;
      default -> ERROR;
    };
  }

  Level logback() {
    return switch (this) {
      case TRACE -> Level.TRACE;
      case DEBUG -> Level.DEBUG;
      case INFO -> Level.INFO;
      case WARNING -> Level.WARN;
      case ERROR -> Level.ERROR;
    };
  }

  /** Google Cloud's name for it. */
  String severity() {
    return severity;
  }

  /** The lower-case name, as in the configuration, in log lines and in metrics. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
