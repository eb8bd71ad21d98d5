package dev.imagebuilder.registry;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one registry is reached.
 *
 * @param ca certificates in PEM form that are trusted for this registry beside the system's, null
 *     for none
 * @param mirrors asked first when something is read, in this order, always without credentials:
 *     {@code host[:port]} or a URL, whose path goes in front of the repository's
 */
public record HostOptions(Scheme scheme, @Nullable Path ca, List<String> mirrors) {

  /** HTTPS, no further certificates, no mirrors. */
  public static final HostOptions DEFAULTS = new HostOptions(Scheme.AUTO, null, List.of());

  public HostOptions {
    mirrors = List.copyOf(mirrors);
  }

  /** Which protocol a registry is spoken to in. */
  public enum Scheme {
    /** HTTPS; but HTTP for a loopback host that does not speak TLS. */
    AUTO,
    /** HTTP without TLS, whatever the host. */
    PLAIN_HTTP
  }
}
