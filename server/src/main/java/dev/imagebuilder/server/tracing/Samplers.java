package dev.imagebuilder.server.tracing;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which calls are traced: OpenTelemetry's names of samplers, and Jaeger's, which mk3's installer
 * writes under both names of the variable. Jaeger's leave it to the caller if there is one.
 */
final class Samplers {
  private static final Set<String> KNOWN =
      Set.of(
          "always_on",
          "always_off",
          "traceidratio",
          "parentbased_always_on",
          "parentbased_always_off",
          "parentbased_traceidratio");

  private static final String USUAL = "parentbased_always_on";
  private static final String RATIO = "parentbased_traceidratio";

  private Samplers() {}

  /** The SDK's properties. */
  static Map<String, String> read(Map<String, String> environment, List<String> warnings) {
    String prefix =
        environment.getOrDefault("OTEL_TRACES_SAMPLER", "").isBlank()
            ? "JAEGER_SAMPLER_TYPE"
            : "OTEL_TRACES_SAMPLER";
    String argumentName =
        prefix.startsWith("OTEL") ? "OTEL_TRACES_SAMPLER_ARG" : "JAEGER_SAMPLER_PARAM";
    String name = environment.getOrDefault(prefix, "").strip();
    String argument = environment.getOrDefault(argumentName, "").strip();
    return switch (name) {
      case "" -> of(USUAL);
      case "const" ->
          of(argument.equals("0") || argument.equals("false") ? "parentbased_always_off" : USUAL);
      case "probabilistic" -> ratio(RATIO, argument, argumentName, warnings);
      case "traceidratio", RATIO -> ratio(name, argument, argumentName, warnings);
      default -> {
        if (KNOWN.contains(name)) {
          yield of(name);
        }
        warnings.add(prefix + ": not known: " + name + "; " + USUAL + " is used");
        yield of(USUAL);
      }
    };
  }

  private static Map<String, String> of(String sampler) {
    return Map.of("otel.traces.sampler", sampler, "otel.traces.sampler.arg", "");
  }

  private static Map<String, String> ratio(
      String sampler, String argument, String argumentName, List<String> warnings) {
    if (argument.matches("0|1|[01]?\\.[0-9]+") && Double.parseDouble(argument) <= 1) {
      return Map.of("otel.traces.sampler", sampler, "otel.traces.sampler.arg", argument);
    }
    warnings.add(argumentName + ": not a number from 0 to 1: " + argument + "; 1 is used");
    return Map.of("otel.traces.sampler", sampler, "otel.traces.sampler.arg", "1");
  }
}
