package dev.imagebuilder.server;

import dev.imagebuilder.net.Mk3Tls;
import dev.imagebuilder.net.MutualTlsFiles;
import dev.imagebuilder.net.MutualTlsReload;
import dev.imagebuilder.net.NetworkException;
import dev.imagebuilder.server.config.ServerConfig.TlsPaths;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Our side of the TLS of the gRPC listener. When the files change, new connections use what is in
 * them then; while they cannot be used, what was there before.
 *
 * @see "SPEC 9.5, docs/adr/0028"
 */
final class ServerTls implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  private static final List<String> CIPHERS_OF_1_3 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  private final MutualTlsReload files;
  private final TlsPaths.ClientCertificates clientCertificates;
  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager trust;
  private final CountDownLatch closed = new CountDownLatch(1);

  private ServerTls(MutualTlsReload files, TlsPaths.ClientCertificates clientCertificates)
      throws StartException {
    this.files = files;
    this.clientCertificates = clientCertificates;
    try {
      this.trust =
          AdvancedTlsX509TrustManager.newBuilder()
              .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
              .build();
      use(files.content());
    } catch (GeneralSecurityException | IOException e) {
      throw new StartException(
          "use the certificate of server.services.grpc.tls, " + files.content() + ": " + e, e);
    }
  }

  /**
   * Reads the files, and looks for changes until it is closed.
   *
   * @throws StartException if they cannot be used
   */
  static ServerTls open(MutualTlsFiles files, TlsPaths.ClientCertificates clientCertificates)
      throws StartException {
    try {
      MutualTlsReload reload = MutualTlsReload.open(files, InstantSource.system());
      ServerTls tls = new ServerTls(reload, clientCertificates);
      var _ = Thread.ofVirtual().name("server-tls").start(tls::refreshUntilClosed);
      return tls;
    } catch (NetworkException e) {
      throw new StartException("server.services.grpc.tls: " + e.getMessage(), e);
    }
  }

  /** What the listener speaks TLS with. */
  SslContext context() throws IOException {
    return GrpcSslContexts.configure(SslContextBuilder.forServer(keys), SslProvider.JDK)
        .trustManager(trust)
        .clientAuth(
            switch (clientCertificates) {
              case REQUIRED -> ClientAuth.REQUIRE;
              case IGNORED -> ClientAuth.NONE;
            })
        .protocols("TLSv1.3", Mk3Tls.VERSION)
        .ciphers(
            Stream.concat(CIPHERS_OF_1_3.stream(), Mk3Tls.CIPHERS.stream()).toList(),
            SupportedCipherSuiteFilter.INSTANCE)
        .build();
  }

  /** Looks for changes no more. */
  @Override
  public void close() {
    closed.countDown();
  }

  private void refreshUntilClosed() {
    try {
      while (!closed.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        files.refresh("callers", this::use);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void use(MutualTlsFiles.Content content) throws GeneralSecurityException, IOException {
    trust.updateTrustCredentials(content.authorities().toArray(X509Certificate[]::new));
    keys.updateIdentityCredentials(content.chain().toArray(X509Certificate[]::new), content.key());
  }
}
