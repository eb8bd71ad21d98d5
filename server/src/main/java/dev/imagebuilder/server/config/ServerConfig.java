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
      @Described("`/ready` and `/live`.") PlainListenerConfig health) {

    /** What holds for a group without any key (SPEC 9.3). */
    public static ServicesConfig defaults() {
      return new ServicesConfig(
          ListenerConfig.defaults(),
          null,
          new PlainListenerConfig("127.0.0.1:9500"),
          new PlainListenerConfig(":9501"));
    }
  }

  /** A listener that can speak TLS. */
  public record ListenerConfig(
      @Described(
              value = "`host:port`; without a host all addresses, port 0 for any free one.",
              presence = Described.Presence.REQUIRED)
          String address,
      @Described("Server certificate. Not in this version.") @Nullable TlsPaths tls) {

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

  /** A server's certificate. */
  public record TlsPaths(
      @Described("CA certificates, PEM.") String caPath,
      @Described("Certificate, PEM.") String certPath,
      @Described("Private key, PEM.") String keyPath) {

    /** No files. */
    public static TlsPaths defaults() {
      return new TlsPaths("", "", "");
    }
  }
}
