package dev.imagebuilder.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** mk3's flags for the log; as there, they may stand before or after the command (SPEC 9.1). */
final class LoggingOptions {

  @Option(
      names = {"-j", "--json-log"},
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Log as JSON where the output is no terminal; default true.")
  private @Nullable Boolean json;

  @Option(
      names = {"-v", "--verbose"},
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Log everything; default false.")
  private @Nullable Boolean verbose;

  /** What was said of --json-log, if anything. */
  Optional<Boolean> json() {
    return Optional.ofNullable(json);
  }

  /** What was said of --verbose, if anything. */
  Optional<Boolean> verbose() {
    return Optional.ofNullable(verbose);
  }
}
