package dev.imagebuilder.core;

import java.util.List;
import java.util.Map;

/**
 * Which credentials a request may use: those of the installation by its mode, and its own.
 *
 * @param additional the request's own, by domain: base64 of {@code user:secret} (SPEC 5.3)
 */
public record RegistryAuth(Mode mode, Map<String, Secret> additional) {

  /** No installation credentials, none of its own: the policy of a request that names none. */
  public static final RegistryAuth NOTHING = new RegistryAuth(new Mode.Nothing(), Map.of());

  public RegistryAuth {
    additional = Map.copyOf(additional);
  }

  /** Which of the installation's credentials are allowed. */
  public sealed interface Mode {

    /** None. */
    record Nothing() implements Mode {}

    /** All of them. */
    record All() implements Mode {}

    /** Those of our own repositories where allowed, and of the domains listed. */
    record Selective(boolean baseRepository, boolean workspaceRepository, List<String> anyOf)
        implements Mode {
      public Selective {
        anyOf = List.copyOf(anyOf);
      }
    }
  }
}
