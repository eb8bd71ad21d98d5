package dev.imagebuilder.server.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One key of a group, as its record's component declares it.
 *
 * @param byDefault what holds if the key is not there; null for nothing
 */
record ConfigField(
    String key,
    Kind kind,
    String description,
    Described.Presence presence,
    @Nullable Object byDefault) {

  /** What a value looks like. */
  sealed interface Kind {

    record Text() implements Kind {}

    record Flag() implements Kind {}

    /** At least 1. */
    record Whole(Class<?> type) implements Kind {}

    /** As Go writes it. */
    record Span() implements Kind {}

    record Choice(Class<? extends Enum<?>> type) implements Kind {
      /** The values as the file has them: {@code ws-manager}. */
      List<String> names() {
        return Arrays.stream(type.getEnumConstants()).map(ConfigField::nameOf).toList();
      }
    }

    record Texts() implements Kind {}

    record Group(Class<? extends Record> type) implements Kind {}

    /** Groups of one type by a name that the operator chooses. */
    record Groups(Class<? extends Record> type) implements Kind {}
  }

  /** The keys of a group, with the defaults that hold inside {@code defaults}. */
  static List<ConfigField> of(Record defaults) {
    return Arrays.stream(defaults.getClass().getRecordComponents())
        .map(component -> of(component, defaults))
        .toList();
  }

  /** A group's own defaults. */
  static Record defaultsOf(Class<? extends Record> type) {
    try {
      return (Record) type.getMethod("defaults").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " has no public static defaults()", e);
    }
  }

  /** How the file writes a constant. */
  static String nameOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean isRequired() {
    return presence == Described.Presence.REQUIRED;
  }

  private static ConfigField of(RecordComponent component, Record defaults) {
    Described described = component.getAnnotation(Described.class);
    if (described == null) {
      throw new IllegalStateException(component + " is not @Described");
    }
    try {
      return new ConfigField(
          component.getName(),
          kindOf(component.getGenericType()),
          described.value(),
          described.presence(),
          component.getAccessor().invoke(defaults));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  private static Kind kindOf(Type type) {
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == Map.class
          ? new Kind.Groups(asGroup(generic.getActualTypeArguments()[1]))
          : new Kind.Texts();
    }
    if (type == String.class) {
      return new Kind.Text();
    }
    if (type == boolean.class) {
      return new Kind.Flag();
    }
    if (type == Duration.class) {
      return new Kind.Span();
    }
    if (type == int.class || type == long.class) {
      return new Kind.Whole((Class<?>) type);
    }
    if (type instanceof Class<?> named && named.isEnum()) {
      @SuppressWarnings("unchecked") // isEnum says so
      var choices = (Class<? extends Enum<?>>) named;
      return new Kind.Choice(choices);
    }
    return new Kind.Group(asGroup(type));
  }

  private static Class<? extends Record> asGroup(Type type) {
    return ((Class<?>) type).asSubclass(Record.class);
  }
}
