package dev.imagebuilder.server.config;

import dev.imagebuilder.core.Durations;
import dev.imagebuilder.server.config.ConfigField.Kind;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The JSON schema of the configuration file, draft 7: editors check and complete with it. */
public final class ConfigSchema {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ConfigSchema() {}

  /** The schema, indented, without a final line end. */
  public static String json() {
    ObjectNode schema = NODES.objectNode();
    schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    schema.put("title", "image-builder configuration");
    group(schema, Configuration.defaults());
    schema.withObjectProperty("properties").putObject("$schema").put("type", "string");
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(schema);
  }

  private static void group(ObjectNode schema, Record defaults) {
    schema.put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = NODES.arrayNode();
    for (ConfigField field : ConfigField.of(defaults)) {
      ObjectNode property = properties.putObject(field.key());
      property.put("description", field.description());
      value(property, field);
      if (field.isRequired()) {
        required.add(field.key());
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    schema.put("additionalProperties", false);
  }

  private static void value(ObjectNode schema, ConfigField field) {
    switch (field.kind()) {
      case Kind.Text() -> schema.put("type", "string");
      case Kind.Flag() -> schema.put("type", "boolean");
      case Kind.Whole(_) -> schema.put("type", "integer").put("minimum", 1);
      case Kind.Span() ->
          schema.put("type", "string").put("pattern", "^([0-9]+(\\.[0-9]+)?(h|ms|m|s))+$");
      case Kind.Choice choice -> {
        ArrayNode names = schema.putArray("enum");
        choice.names().forEach(names::add);
      }
      case Kind.Texts() -> schema.put("type", "array").putObject("items").put("type", "string");
      case Kind.Group(var type) ->
          group(
              schema,
              field.byDefault() instanceof Record inside ? inside : ConfigField.defaultsOf(type));
      case Kind.Groups(var type) -> {
        schema.put("type", "object");
        group(schema.putObject("additionalProperties"), ConfigField.defaultsOf(type));
      }
    }
    if (!field.isRequired()) {
      byDefault(schema, field.byDefault());
    }
  }

  private static void byDefault(ObjectNode schema, @Nullable Object value) {
    switch (value) {
      case String text when !text.isEmpty() -> schema.put("default", text);
      case Boolean flag -> schema.put("default", flag);
      case Number number -> schema.put("default", number.longValue());
      case Duration span -> schema.put("default", Durations.words(span));
      case Enum<?> constant -> schema.put("default", ConfigField.nameOf(constant));
      case List<?> texts -> {
        ArrayNode items = schema.putArray("default");
        texts.forEach(text -> items.add(String.valueOf(text)));
      }
      case null, default -> {
        // groups list their own defaults; an empty text says nothing
      }
    }
  }
}
