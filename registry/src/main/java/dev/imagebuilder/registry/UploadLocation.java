package dev.imagebuilder.registry;

import dev.imagebuilder.core.RegistryException;
import java.net.URI;
import java.util.Optional;

/** Reads where an upload goes on, which registries say in many ways. */
final class UploadLocation {

  private UploadLocation() {}

  /**
   * The absolute URL of an upload session.
   *
   * @throws RegistryException if there is none, or one that would take the content into the clear
   */
  static URI of(Call call, Answer answer) throws RegistryException {
    Optional<String> location = answer.header("Location");
    if (location.isEmpty()) {
      throw Faults.invalid(call, answer.uri(), answer.status(), "does not say where to upload to");
    }
    URI uri;
    try {
      uri = answer.uri().resolve(location.get().split("#", 2)[0]);
    } catch (IllegalArgumentException _) {
      throw Faults.invalid(call, answer.uri(), answer.status(), "says to upload to what is no URL");
    }
    if (!Origin.isWeb(uri)) {
      throw Faults.invalid(
          call, answer.uri(), answer.status(), "says to upload to what is no web address");
    }
    Origin from = Origin.of(answer.uri());
    if (!from.isHttps() || Origin.of(uri).isHttps()) {
      return uri;
    }
    // A registry behind a proxy that ends TLS often does not know that it is reached by TLS.
    boolean isItself = uri.getRawAuthority().equalsIgnoreCase(answer.uri().getRawAuthority());
    if (isItself) {
      return URI.create("https" + uri.toString().substring("http".length()));
    }
    throw Faults.invalid(
        call,
        answer.uri(),
        answer.status(),
        "says to upload without TLS to " + uri.getRawAuthority());
  }
}
