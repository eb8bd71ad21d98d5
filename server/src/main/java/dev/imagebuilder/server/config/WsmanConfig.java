package dev.imagebuilder.server.config;

import org.jspecify.annotations.Nullable;

/** How ws-manager is reached. */
public record WsmanConfig(
    @Described(
            value = "`host:port` of ws-manager's gRPC API.",
            presence = Described.Presence.REQUIRED)
        String address,
    @Described(
            "Client certificate; plaintext without it. Read again when the files change."
                + " `$TELEPRESENCE_ROOT` is put in front if it is set.")
        @Nullable TlsFiles tls) {

  /** What holds for a group without any key: no ws-manager. */
  public static WsmanConfig defaults() {
    return new WsmanConfig("", null);
  }

  /** A client's certificate. */
  public record TlsFiles(
      @Described("CA certificates, PEM.") String ca,
      @Described("Certificate, PEM.") String crt,
      @Described("Private key, PEM.") String key) {

    /** True if TLS is wanted: as in mk3 by the authority, or by a certificate with its key. */
    public boolean isUsed() {
      return !ca.isEmpty() || (!crt.isEmpty() && !key.isEmpty());
    }

    /** True if all files are named. */
    public boolean isComplete() {
      return !ca.isEmpty() && !crt.isEmpty() && !key.isEmpty();
    }

    /** No files. */
    public static TlsFiles defaults() {
      return new TlsFiles("", "", "");
    }
  }
}
