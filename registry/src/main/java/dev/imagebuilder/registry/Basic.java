package dev.imagebuilder.registry;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Basic authentication: RFC 7617, in UTF-8. */
final class Basic {

  private Basic() {}

  /** The value of {@code Authorization}. */
  static Secret of(Credential.Password password) {
    String pair = password.username() + ":" + password.password().reveal();
    byte[] bytes = pair.getBytes(StandardCharsets.UTF_8);
    return Secret.of("Basic " + Base64.getEncoder().encodeToString(bytes));
  }
}
