package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.net.MutualTlsFiles;
import dev.imagebuilder.net.NetworkException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our side of the TLS to ws-manager, with mk3's parameters (SPEC 9.5). When the files change, the
 * next connection uses what is in them then; while they cannot be used, what was there before.
 */
final class ClientTls {
  private static final Logger log = LoggerFactory.getLogger(ClientTls.class);

  /** What ws-manager's certificate has to be for, whatever its address is. */
  private static final String SERVER_NAME = "ws-manager";

  private static final List<String> CIPHERS =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

  private final MutualTlsFiles files;
  private final InstantSource clock;
  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager trust;
  private MutualTlsFiles.Content content;
  private String complaint = "";

  private ClientTls(MutualTlsFiles files, InstantSource clock, MutualTlsFiles.Content content)
      throws IOException {
    this.files = files;
    this.clock = clock;
    this.content = content;
    try {
      this.trust =
          AdvancedTlsX509TrustManager.newBuilder()
              .setVerification(Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION)
              .build();
      use(content);
    } catch (GeneralSecurityException e) {
      throw new IOException("use the certificates of " + files, e);
    }
  }

  /**
   * Reads the files.
   *
   * @throws NetworkException if they cannot be used
   */
  static ClientTls open(MutualTlsFiles files, InstantSource clock)
      throws NetworkException, IOException {
    return new ClientTls(files, clock, files.read(clock.instant()));
  }

  /** Makes a channel speak TLS. */
  void applyTo(NettyChannelBuilder channel) throws SSLException {
    channel
        .overrideAuthority(SERVER_NAME)
        .sslContext(
            GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .keyManager(keys)
                .trustManager(trust)
                .protocols("TLSv1.2")
                .ciphers(CIPHERS)
                .build());
  }

  /** Looks whether the files have changed. For one thread. */
  void refresh() {
    try {
      MutualTlsFiles.Content now = files.read(clock.instant());
      if (!now.equals(content)) {
        use(now);
        content = now;
        log.atInfo().addKeyValue("certificate", now).log("took a new certificate for ws-manager");
      }
      complaint = "";
    } catch (NetworkException | GeneralSecurityException | IOException e) {
      String message = String.valueOf(e.getMessage());
      if (!message.equals(complaint)) {
        complaint = message;
        log.atError()
            .addKeyValue("cause", message)
            .log("cannot use the changed certificates for ws-manager, keeping the old ones");
      }
    }
  }

  private void use(MutualTlsFiles.Content next) throws GeneralSecurityException, IOException {
    trust.updateTrustCredentials(next.authorities().toArray(X509Certificate[]::new));
    keys.updateIdentityCredentials(next.chain().toArray(X509Certificate[]::new), next.key());
  }
}
