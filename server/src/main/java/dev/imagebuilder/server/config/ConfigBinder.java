package dev.imagebuilder.server.config;

import dev.imagebuilder.core.Durations;
import dev.imagebuilder.server.config.ConfigException.Fault;
import dev.imagebuilder.server.config.ConfigField.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Makes records of JSON. Keys match in any case, as in Go; a null counts as not there. What does
 * not fit is noted, and its default taken, so that one reading finds every fault.
 */
final class ConfigBinder {
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> unknownKeys = new ArrayList<>();

  /** What did not fit. */
  List<Fault> faults() {
    return faults;
  }

  /** The paths of keys that nothing reads. */
  List<String> unknownKeys() {
    return unknownKeys;
  }

  /** Makes the group that {@code defaults} belongs to. */
  Record group(JsonNode json, Record defaults, String path) {
    List<ConfigField> fields = ConfigField.of(defaults);
    Map<String, JsonNode> given = given(json, fields, path);
    List<@Nullable Object> values = new ArrayList<>();
    for (ConfigField field : fields) {
      String key = path + field.key();
      JsonNode value = given.get(field.key());
      if (value != null) {
        values.add(value(value, field, key));
      } else {
        values.add(field.byDefault());
        if (field.isRequired() && !(field.kind() instanceof Kind.Group)) {
          faults.add(new Fault(key, "missing. " + field.description()));
        } else if (field.isRequired()) {
          value(JsonNodeFactory.instance.objectNode(), field, key);
        }
      }
    }
    return create(defaults.getClass(), values);
  }

  private Map<String, JsonNode> given(JsonNode json, List<ConfigField> fields, String path) {
    Map<String, JsonNode> given = new LinkedHashMap<>();
    if (!json.isObject()) {
      String key = path.isEmpty() ? "" : path.substring(0, path.length() - 1);
      faults.add(new Fault(key, "expected an object, found " + shown(json)));
      return given;
    }
    for (Map.Entry<String, JsonNode> property : json.properties()) {
      String name = property.getKey();
      fields.stream()
          .filter(field -> field.key().equalsIgnoreCase(name))
          .findFirst()
          .ifPresentOrElse(
              field -> {
                if (!property.getValue().isNull()) {
                  given.put(field.key(), property.getValue());
                }
              },
              () -> unknownKeys.add(path + name));
    }
    return given;
  }

  private @Nullable Object value(JsonNode json, ConfigField field, String key) {
    return switch (field.kind()) {
      case Kind.Text() -> json.isString() ? json.asString() : unfit(field, key, json, "a string");
      case Kind.Flag() ->
          json.isBoolean() ? json.asBoolean() : unfit(field, key, json, "true or false");
      case Kind.Whole whole -> number(json, whole, field, key);
      case Kind.Span() -> span(json, field, key);
      case Kind.Choice choice -> choice(json, choice, field, key);
      case Kind.Texts() -> texts(json, field, key);
      case Kind.Group(var type) -> {
        Record defaults =
            field.byDefault() instanceof Record inside ? inside : ConfigField.defaultsOf(type);
        yield group(json, defaults, key + ".");
      }
      case Kind.Groups(var type) -> {
        Map<String, Record> groups = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
          String inside = key + "." + entry.getKey() + ".";
          groups.put(entry.getKey(), group(entry.getValue(), ConfigField.defaultsOf(type), inside));
        }
        yield json.isObject() ? groups : unfit(field, key, json, "an object");
      }
    };
  }

  private @Nullable Object number(JsonNode json, Kind.Whole whole, ConfigField field, String key) {
    boolean isInt = whole.type() == int.class;
    boolean fits =
        json.isIntegralNumber() && (isInt ? json.canConvertToInt() : json.canConvertToLong());
    if (!fits || json.asLong() < 1) {
      return unfit(field, key, json, "a whole number from 1");
    }
    return isInt ? (Object) json.asInt() : (Object) json.asLong();
  }

  private @Nullable Object span(JsonNode json, ConfigField field, String key) {
    try {
      if (json.isString() && Durations.parse(json.asString()).isPositive()) {
        return Durations.parse(json.asString());
      }
    } catch (IllegalArgumentException _) {
      // said below
    }
    return unfit(field, key, json, "a duration such as \"1h30m\" or \"45s\"");
  }

  private @Nullable Object choice(
      JsonNode json, Kind.Choice choice, ConfigField field, String key) {
    for (Enum<?> constant : choice.type().getEnumConstants()) {
      if (json.isString() && ConfigField.nameOf(constant).equals(json.asString())) {
        return constant;
      }
    }
    return unfit(field, key, json, "one of " + String.join(", ", choice.names()));
  }

  private @Nullable Object texts(JsonNode json, ConfigField field, String key) {
    List<String> texts = new ArrayList<>();
    for (JsonNode each : json) {
      if (each.isString()) {
        texts.add(each.asString());
      }
    }
    boolean fits = json.isArray() && texts.size() == json.size();
    return fits ? texts : unfit(field, key, json, "a list of strings");
  }

  private @Nullable Object unfit(ConfigField field, String key, JsonNode json, String expected) {
    faults.add(new Fault(key, "expected " + expected + ", found " + shown(json)));
    return field.byDefault();
  }

  private static String shown(JsonNode json) {
    String text = json.toString();
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }

  private static Record create(Class<? extends Record> type, List<@Nullable Object> values) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents()).map(c -> c.getType()).toArray(Class<?>[]::new);
    try {
      return type.getConstructor(types).newInstance(values.toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make " + type, e);
    }
  }
}
