package dev.imagebuilder.logging;

import java.util.Map;

/**
 * How a program logs.
 *
 * @param service its name in every line
 * @param version its version in every line
 */
public record LogOptions(String service, String version, LogFormat format, LogLevel level) {

  /** The level that {@code LOG_LEVEL} names; {@code info} if it names none. */
  public static LogLevel levelFrom(Map<String, String> environment) {
    return LogLevel.parse(environment.getOrDefault("LOG_LEVEL", "")).orElse(LogLevel.INFO);
  }
}
