package dev.imagebuilder.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** mk3's flags of the service; as there, they may stand before or after the command (SPEC 9.1). */
final class ServiceFlags {

  @Option(names = "--config", paramLabel = "FILE", description = "The configuration, JSON.")
  private @Nullable Path config;

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

  /** These flags, and where they say nothing those that stood before the command. */
  ServiceFlags or(ServiceFlags before) {
    ServiceFlags both = new ServiceFlags();
    both.config = config == null ? before.config : config;
    both.json = json == null ? before.json : json;
    both.verbose = verbose == null ? before.verbose : verbose;
    return both;
  }

  /** The configuration file, if one was named. */
  Optional<Path> config() {
    return Optional.ofNullable(config);
  }

  /** True unless it was switched off. */
  boolean isJson() {
    return json == null || json;
  }

  /** True if it was switched on. */
  boolean isVerbose() {
    return verbose != null && verbose;
  }
}
