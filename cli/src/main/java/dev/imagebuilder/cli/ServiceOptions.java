package dev.imagebuilder.cli;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the service is and how its answers are shown: the options of every client command. */
final class ServiceOptions {
  private static final int DEFAULT_PORT = 8080;
  private static final int LONGEST_ANSWER = 16 << 20;

  /** What {@code clusters get-tls-config} writes, and whose certificates it brings (SPEC 10.3). */
  private static final Path CLUSTER_TLS = Path.of("wsman-tls");

  private static final String CLUSTER_NAME = "ws-manager";

  @Option(
      names = "--host",
      paramLabel = "HOST:PORT",
      defaultValue = "localhost:" + DEFAULT_PORT,
      description = "Where the service listens; default ${DEFAULT-VALUE}.")
  private String host = "";

  @Option(
      names = "--tls",
      description =
          "Use TLS as in a Gitpod installation: the files of --tls-path, or else of ./wsman-tls,"
              + " and the name ws-manager unless --tls-name says another.")
  private boolean isClusterTls;

  @Option(
      names = "--tls-path",
      paramLabel = "FOLDER",
      description = "Use TLS, with ca.crt, tls.crt and tls.key of this folder.")
  private @Nullable Path tls;

  @Option(
      names = "--tls-name",
      paramLabel = "NAME",
      description = "The name in the service's certificate, where it is not the host's.")
  private @Nullable String tlsName;

  @Option(names = "--json", description = "Print one JSON object a line.")
  private boolean json;

  /** True if a program reads the output. */
  boolean isJson() {
    return json;
  }

  /** True if what is sent can be read on its way. */
  boolean isOpenToOthers() {
    return tlsFolder() == null && !isLoopback();
  }

  /** The service's address, for messages and hints. */
  String host() {
    return host;
  }

  /**
   * Opens a connection; the caller closes it. Nothing goes over the wire before the first call.
   *
   * @throws CommandFailure if the TLS files cannot be read
   */
  ServiceClient connect() throws CommandFailure {
    NettyChannelBuilder connection =
        NettyChannelBuilder.forTarget("dns:///" + withPort(), credentials())
            .maxInboundMessageSize(LONGEST_ANSWER)
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(20, TimeUnit.SECONDS);
    String name = tlsName == null && isClusterTls ? CLUSTER_NAME : tlsName;
    if (name != null) {
      connection.overrideAuthority(name);
    }
    return ServiceClient.open(connection, host);
  }

  private ChannelCredentials credentials() throws CommandFailure {
    Path folder = tlsFolder();
    if (folder == null) {
      return InsecureChannelCredentials.create();
    }
    try {
      return TlsChannelCredentials.newBuilder()
          .trustManager(folder.resolve("ca.crt").toFile())
          .keyManager(folder.resolve("tls.crt").toFile(), folder.resolve("tls.key").toFile())
          .build();
    } catch (IOException e) {
      throw CommandFailure.usage("TLS files of " + folder + ": cannot read " + e.getMessage());
    }
  }

  private @Nullable Path tlsFolder() {
    return tls == null && isClusterTls ? CLUSTER_TLS : tls;
  }

  private String withPort() {
    boolean hasPort = host.matches(".*[^:]:[0-9]+") || host.matches("\\[.*\\]:[0-9]+");
    return hasPort ? host : host + ":" + DEFAULT_PORT;
  }

  private boolean isLoopback() {
    return host.matches("(localhost|127(\\.[0-9]+){3}|\\[::1\\])(:[0-9]+)?");
  }
}
