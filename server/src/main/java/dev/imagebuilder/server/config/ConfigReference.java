package dev.imagebuilder.server.config;

import dev.imagebuilder.core.Durations;
import dev.imagebuilder.server.config.ConfigField.Kind;
import java.time.Duration;
import java.util.ArrayList;
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
      """;
  private static final String TABLE =
      """

      | key | value | default | meaning |
      | --- | --- | --- | --- |
      """;

  private final StringBuilder page = new StringBuilder(HEAD);

  private ConfigReference() {}

  /** The page, in Markdown. */
  public static String markdown() {
    ConfigReference reference = new ConfigReference();
    reference.group(new Section("", "The file itself.", Configuration.defaults()));
    return reference.page.toString();
  }

  /** The group's own keys in a table, then the groups in it. */
  private void group(Section section) {
    List<Section> inner = new ArrayList<>();
    StringBuilder rows = new StringBuilder();
    for (ConfigField field : ConfigField.of(section.defaults)) {
      String key = section.path + field.key();
      switch (field.kind()) {
        case Kind.Group(var type) -> {
          Record defaults =
              field.byDefault() instanceof Record inside ? inside : ConfigField.defaultsOf(type);
          inner.add(new Section(key + ".", field.description(), defaults));
        }
        case Kind.Groups(var type) ->
            inner.add(
                new Section(key + ".HOST.", field.description(), ConfigField.defaultsOf(type)));
        default -> rows.append(row(field));
      }
    }
    if (!rows.isEmpty()) {
      String name = section.path.isEmpty() ? "Top level" : "`" + dropDot(section.path) + "`";
      page.append("\n## ").append(name).append("\n\n").append(section.description).append('\n');
      page.append(TABLE).append(rows);
    }
    inner.forEach(this::group);
  }

  private static String row(ConfigField field) {
    String byDefault = field.isRequired() ? "required" : shown(field.byDefault());
    return String.join(
            " | ",
            "| `" + field.key() + "`",
            valueOf(field.kind()),
            byDefault,
            field.description() + " |")
        + "\n";
  }

  private static String dropDot(String path) {
    return path.substring(0, path.length() - 1);
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

  /** A group and where it is. */
  private record Section(String path, String description, Record defaults) {}
}
