package dev.imagebuilder.server.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a key of the configuration means, for the schema and the reference page. */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Described {

  /** One or two sentences for operators. */
  String value();

  /** Whether the group is not valid without it. */
  Presence presence() default Presence.OPTIONAL;

  /** Whether a key must be there. */
  enum Presence {
    OPTIONAL,
    REQUIRED
  }
}
