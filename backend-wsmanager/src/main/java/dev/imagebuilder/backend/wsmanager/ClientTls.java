package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.net.Mk3Tls;
import dev.imagebuilder.net.MutualTlsFiles;
import dev.imagebuilder.net.MutualTlsReload;
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
import javax.net.ssl.SSLException;

/**
 * Our side of the TLS to ws-manager, with mk3's parameters (SPEC 9.5). When the files change, the
 * next connection uses what is in them then; while they cannot be used, what was there before.
 */
final class ClientTls {
  /** What ws-manager's certificate has to be for, whatever its address is. */
  private static final String SERVER_NAME = "ws-manager";

  private final MutualTlsReload files;
  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager trust;

  private ClientTls(MutualTlsReload files) throws IOException {
    this.files = files;
    try {
      this.trust =
          AdvancedTlsX509TrustManager.newBuilder()
              .setVerification(Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION)
              .build();
      use(files.content());
    } catch (GeneralSecurityException e) {
      throw new IOException("use the certificate for ws-manager, " + files.content(), e);
    }
  }

  /**
   * Reads the files.
   *
   * @throws NetworkException if they cannot be used
   */
  static ClientTls open(MutualTlsFiles files, InstantSource clock)
      throws NetworkException, IOException {
    return new ClientTls(MutualTlsReload.open(files, clock));
  }

  /** Makes a channel speak TLS. */
  void applyTo(NettyChannelBuilder channel) throws SSLException {
    channel
        .overrideAuthority(SERVER_NAME)
        .sslContext(
            GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .keyManager(keys)
                .trustManager(trust)
                .protocols(Mk3Tls.VERSION)
                .ciphers(Mk3Tls.CIPHERS)
                .build());
  }

  /** Looks whether the files have changed. For one thread. */
  void refresh() {
    files.refresh(SERVER_NAME, this::use);
  }

  private void use(MutualTlsFiles.Content next) throws GeneralSecurityException, IOException {
    trust.updateTrustCredentials(next.authorities().toArray(X509Certificate[]::new));
    keys.updateIdentityCredentials(next.chain().toArray(X509Certificate[]::new), next.key());
  }
}
