package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.TlsFiles;
import dev.imagebuilder.testing.TlsFiles.Flaw;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS of the gRPC port, with certificates as an installation has them. */
final class ServerTlsIT {
  private static final String SERVER = "image-builder-mk3";
  private static final String CLIENT = "ws-manager";

  @TempDir private Path folder;

  @BeforeEach
  void issue() throws Exception {
    TlsFiles.make(folder);
    TlsFiles.issue(folder, SERVER);
    TlsFiles.issue(folder, CLIENT);
  }

  @Test
  @Tag("row-129")
  void clientWithACertificateIsServedWithBothVersions() throws Exception {
    try (ServiceProcess service = start("required")) {
      assertThat(check(service, client(folder, CLIENT).protocols("TLSv1.2")))
          .isEqualTo(ServingStatus.SERVING);
      assertThat(check(service, client(folder, CLIENT).protocols("TLSv1.3")))
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  @Tag("row-129")
  void olderVersionsAreRefused() throws Exception {
    try (ServiceProcess service = start("ignored")) {
      InetSocketAddress at = service.grpcAddress();
      try (SSLSocket socket =
          (SSLSocket)
              SSLContext.getDefault().getSocketFactory().createSocket("127.0.0.1", at.getPort())) {
        socket.setEnabledProtocols(new String[] {"TLSv1.1"});

        assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
      }
    }
  }

  @Test
  @Tag("row-130")
  void clientWithoutACertificateOrWithAStrangersIsRefused() throws Exception {
    Path strangers = Files.createDirectory(folder.resolve("strangers"));
    TlsFiles.make(strangers);
    TlsFiles.issue(strangers, CLIENT);
    TlsFiles.issue(folder, "old", Flaw.EXPIRED);
    try (ServiceProcess service = start("required")) {
      assertRefused(service, anonymous(folder));
      assertRefused(
          service, anonymous(folder).keyManager(file(strangers, "crt"), file(strangers, "key")));
      assertRefused(service, client(folder, "old"));
    }
  }

  @Test
  @Tag("row-130")
  void oneSwitchServesEverybodyAsMk3Does() throws Exception {
    try (ServiceProcess service = start("ignored")) {
      assertThat(check(service, anonymous(folder))).isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void plaintextGetsNoAnswer() throws Exception {
    try (ServiceProcess service = start("ignored")) {
      ManagedChannel channel = TestService.connect(service.grpcAddress());

      assertThatThrownBy(() -> check(channel)).isInstanceOf(StatusRuntimeException.class);
      channel.shutdownNow();
    }
  }

  @Test
  void changedFilesAreUsedForNewConnectionsAndBrokenOnesAreNot() throws Exception {
    Path next = Files.createDirectory(folder.resolve("next"));
    TlsFiles.make(next);
    TlsFiles.issue(next, SERVER);
    TlsFiles.issue(next, CLIENT);
    try (ServiceProcess service = start("required")) {
      copy(next, folder);
      Eventually.eventually(Duration.ofSeconds(30), () -> isServed(service, next));

      Files.writeString(folder.resolve(SERVER + ".key"), "half a file");

      assertThat(check(service, client(next, CLIENT))).isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void filesAreBelowTheRootOfATelepresenceSession() throws Exception {
    ProcessOptions options =
        TestService.options(TestService.configuration(TestService.tls(Path.of("/certs"), SERVER)));
    Path root = folder.resolve("root");
    Files.createDirectories(root.resolve("certs"));
    copy(folder, root.resolve("certs"));
    Map<String, String> environment = Map.of("TELEPRESENCE_ROOT", root.toString());

    try (ServiceProcess service =
        ServiceProcess.start(
            new ProcessOptions(options.configuration(), "v0", environment, options.log()),
            (_, _) -> new FakeBuilds())) {
      assertThat(check(service, client(folder, CLIENT))).isEqualTo(ServingStatus.SERVING);
    }
  }

  private ServiceProcess start(String clientCertificates) throws Exception {
    return TestService.start(TestService.tls(folder, SERVER, clientCertificates), new FakeBuilds());
  }

  private static void copy(Path from, Path to) throws IOException {
    for (String name : new String[] {TlsFiles.AUTHORITY, SERVER + ".crt", SERVER + ".key"}) {
      Path part = Files.copy(from.resolve(name), to.resolve(name + ".new"));
      Files.move(part, to.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static java.io.File file(Path folder, String kind) {
    return folder.resolve(CLIENT + "." + kind).toFile();
  }

  private static SslContextBuilder anonymous(Path folder) {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
        .trustManager(folder.resolve(TlsFiles.AUTHORITY).toFile());
  }

  private static SslContextBuilder client(Path folder, String name) {
    return anonymous(folder)
        .keyManager(folder.resolve(name + ".crt").toFile(), folder.resolve(name + ".key").toFile());
  }

  private static void assertRefused(ServiceProcess service, SslContextBuilder tls) {
    assertThatThrownBy(() -> check(service, tls)).isInstanceOf(StatusRuntimeException.class);
  }

  private static boolean isServed(ServiceProcess service, Path certificates) {
    try {
      return check(service, client(certificates, CLIENT)) == ServingStatus.SERVING;
    } catch (StatusRuntimeException | SSLException _) {
      return false;
    }
  }

  private static ServingStatus check(ServiceProcess service, SslContextBuilder tls)
      throws SSLException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(service.grpcAddress())
            .overrideAuthority(SERVER)
            .sslContext(tls.build())
            .build();
    try {
      return check(channel);
    } finally {
      channel.shutdownNow();
    }
  }

  private static ServingStatus check(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }
}
