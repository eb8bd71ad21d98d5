package dev.imagebuilder.server.config;

import dev.imagebuilder.core.Durations;
import dev.imagebuilder.server.config.ConfigField.Kind;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reference page of the configuration, {@code docs/configuration.md}. */
public final class ConfigReference {
  private static final String HEAD =
      """
      # Configuration

      The service reads one JSON file: `image-builder run --config FILE`. It is the file of Gitpod's
      image-builder-mk3 with more keys. Keys match in any case. Unknown keys are warned about with
      their path; values that do not fit stop the start, all of them listed at once.
      `image-builder generate config` prints a JSON schema for editors.

      This page is generated from the program; change the records in `server`, package `config`.

      The least that starts a service on this machine:

      ```json
      {
        "orchestrator": {
          "backend": "local",
          "baseImageRepository": "registry.example/base-images",
          "workspaceImageRepository": "registry.example/workspace-images"
        },
        "server": {"services": {"grpc": {"address": "127.0.0.1:8080"}}}
      }
      ```

      Durations are written as Go writes them: `1h30m`, `45s`. `HTTP_PROXY`, `HTTPS_PROXY`,
      `NO_PROXY`, `SSL_CERT_FILE` and `SSL_CERT_DIR` count for every outgoing connection.
      `LOG_LEVEL` sets the level of the log: trace, debug, info, warning or error.

      | key | value | default | meaning |
      | --- | --- | --- | --- |
      """;

  private final StringBuilder page = new StringBuilder(HEAD);

  private ConfigReference() {}

  /** The page, in Markdown. */
  public static String markdown() {
    ConfigReference reference = new ConfigReference();
    reference.group(Configuration.defaults(), "");
    return reference.page.toString();
  }

  private void group(Record defaults, String path) {
    for (ConfigField field : ConfigField.of(defaults)) {
      String key = path + field.key();
      switch (field.kind()) {
        case Kind.Group(var type) ->
            group(
                field.byDefault() instanceof Record inside ? inside : ConfigField.defaultsOf(type),
                key + ".");
        case Kind.Groups(var type) -> group(ConfigField.defaultsOf(type), key + ".HOST.");
        default -> row(key, field);
      }
    }
  }

  private void row(String key, ConfigField field) {
    String byDefault = field.isRequired() ? "required" : shown(field.byDefault());
    page.append("| `").append(key).append("` | ").append(valueOf(field.kind())).append(" | ");
    page.append(byDefault).append(" | ").append(field.description()).append(" |\n");
  }

  private static String valueOf(Kind kind) {
    return switch (kind) {
      case Kind.Text() -> "text";
      case Kind.Flag() -> "true or false";
      case Kind.Whole(_) -> "whole number";
      case Kind.Span() -> "duration";
      case Kind.Choice choice -> "`" + String.join("`, `", choice.names()) + "`";
      case Kind.Texts() -> "list of texts";
      case Kind.Group(_), Kind.Groups(_) -> "object";
    };
  }

  private static String shown(@Nullable Object value) {
    return switch (value) {
      case Duration span -> "`" + Durations.words(span) + "`";
      case Enum<?> constant -> "`" + ConfigField.nameOf(constant) + "`";
      case List<?> texts ->
          texts.isEmpty()
              ? ""
              : "`" + String.join("`, `", texts.stream().map(String::valueOf).toList()) + "`";
      case String text -> text.isEmpty() ? "" : "`" + text + "`";
      case null -> "";
      default -> "`" + value + "`";
    };
  }
}
