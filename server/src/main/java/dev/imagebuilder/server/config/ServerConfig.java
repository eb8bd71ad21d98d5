package dev.imagebuilder.server.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where the service listens, and how it stops. */
public record ServerConfig(
    @Described(value = "Its listeners.", presence = Described.Presence.REQUIRED)
        ServicesConfig services,
    @Described("How long the service takes at most to stop after SIGTERM.")
        Duration shutdownGrace) {

  /** What holds for a group without any key. */
  public static ServerConfig defaults() {
    return new ServerConfig(ServicesConfig.defaults(), Duration.ofSeconds(25));
  }

  /** The listeners. */
  public record ServicesConfig(
      @Described(value = "The gRPC API.", presence = Described.Presence.REQUIRED)
          ListenerConfig grpc,
      @Described("Read, but nothing is served there: mk3 has no HTTP routes either.")
          @Nullable ListenerConfig http,
      @Described("Prometheus metrics: `/metrics`.") PlainListenerConfig metrics,
      @Described("`/ready` and `/live`.") PlainListenerConfig health,
      @Described(
              "`/debug/logging` for everybody; thread dump, heap histogram and flight recording for"
                  + " callers on this machine.")
          PlainListenerConfig debug) {

    /** What holds for a group without any key (SPEC 9.3). */
    public static ServicesConfig defaults() {
      return new ServicesConfig(
          ListenerConfig.defaults(),
          null,
          new PlainListenerConfig("127.0.0.1:9500"),
          new PlainListenerConfig(":9501"),
          new PlainListenerConfig(":6060"));
    }
  }

  /** A listener that can speak TLS. */
  public record ListenerConfig(
      @Described(
              value = "`host:port`; without a host all addresses, port 0 for any free one.",
              presence = Described.Presence.REQUIRED)
          String address,
      @Described(
              "Server certificate; plaintext without it. Read again when the files change."
                  + " `$TELEPRESENCE_ROOT` is put in front if it is set.")
          @Nullable TlsPaths tls) {

    /** What holds for a group without any key. */
    public static ListenerConfig defaults() {
      return new ListenerConfig("", null);
    }
  }

  /** A listener that speaks plain HTTP. */
  public record PlainListenerConfig(
      @Described("`host:port`; without a host all addresses, port 0 for any free one.")
          String address) {

    /** What holds for a group without any key. */
    public static PlainListenerConfig defaults() {
      return new PlainListenerConfig("");
    }
  }

  /** A server's certificate, and whom it serves. */
  public record TlsPaths(
      @Described("CA certificates that those of clients must be signed by, PEM.") String caPath,
      @Described("Certificate, PEM.") String certPath,
      @Described("Private key, PEM.") String keyPath,
      @Described(
              "`required`: clients must show a certificate of that CA. `ignored`: anybody is"
                  + " served, as in mk3, which asks for none.")
          ClientCertificates clientCertificates) {

    /** No files. */
    public static TlsPaths defaults() {
      return new TlsPaths("", "", "", ClientCertificates.REQUIRED);
    }

    /** True if all files are named. */
    public boolean isComplete() {
      return !caPath.isEmpty() && !certPath.isEmpty() && !keyPath.isEmpty();
    }

    /** Whether clients have to prove who they are. */
    public enum ClientCertificates {
      REQUIRED,
      IGNORED
    }
  }
}
