package dev.imagebuilder.net;

import java.util.List;

/**
 * How mk3 speaks TLS, on both sides of gRPC.
 *
 * @see "SPEC 9.5"
 */
public final class Mk3Tls {
  /** The version, in the JDK's words. */
  public static final String VERSION = "TLSv1.2";

  /** The cipher suites of that version, best first. */
  public static final List<String> CIPHERS =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

  private Mk3Tls() {}
}
