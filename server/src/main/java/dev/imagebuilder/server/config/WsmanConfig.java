package dev.imagebuilder.server.config;

import org.jspecify.annotations.Nullable;

/** How ws-manager is reached; read, so that mk3's files are understood. */
public record WsmanConfig(
    @Described(
            value = "`host:port` of ws-manager's gRPC API.",
            presence = Described.Presence.REQUIRED)
        String address,
    @Described("Client certificate; plaintext without it.") @Nullable TlsFiles tls) {

  /** What holds for a group without any key: no ws-manager. */
  public static WsmanConfig defaults() {
    return new WsmanConfig("", null);
  }

  /** A client's certificate. */
  public record TlsFiles(
      @Described("CA certificates, PEM.") String ca,
      @Described("Certificate, PEM.") String crt,
      @Described("Private key, PEM.") String key) {

    /** No files. */
    public static TlsFiles defaults() {
      return new TlsFiles("", "", "");
    }
  }
}
