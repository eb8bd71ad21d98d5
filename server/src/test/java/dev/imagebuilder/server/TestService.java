package dev.imagebuilder.server;

import dev.imagebuilder.logging.LogFormat;
import dev.imagebuilder.logging.LogLevel;
import dev.imagebuilder.logging.LogOptions;
import dev.imagebuilder.logging.LogSetup;
import dev.imagebuilder.server.config.ConfigException;
import dev.imagebuilder.server.config.ConfigFile;
import dev.imagebuilder.server.config.Configuration;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;

/** Services on free ports of loopback, and clients of them. */
final class TestService {
  private static final String CONFIG =
      """
      {"orchestrator": {"backend": "local", "baseImageRepository": "reg.example/base",
         "workspaceImageRepository": "reg.example/ws"},
       "server": {"shutdownGrace": "10s", "services": {
         "grpc": {"address": "127.0.0.1:0"},
         "metrics": {"address": "127.0.0.1:0"},
         "health": {"address": "127.0.0.1:0"},
         "debug": {"address": "127.0.0.1:0"}}}}
      """;

  private TestService() {}

  static ServiceProcess start(BuildParts.Maker maker) throws StartException, InterruptedException {
    return ServiceProcess.start(options(configuration(CONFIG)), maker);
  }

  static ServiceProcess start(String json, BuildParts parts)
      throws StartException, InterruptedException {
    return ServiceProcess.start(options(configuration(json)), (_, _) -> parts);
  }

  /** A configuration with the TLS of a certificate that was issued in a folder. */
  static String tls(Path folder, String name) {
    return tls(folder, name, "required");
  }

  static String tls(Path folder, String name, String clientCertificates) {
    String file = folder + "/" + name;
    String tls =
        """
        "tls": {"caPath": "%s/authority.pem", "certPath": "%s.crt", "keyPath": "%s.key",
          "clientCertificates": "%s"},
        """
            .formatted(folder, file, file, clientCertificates);
    return CONFIG.replace("\"grpc\": {", "\"grpc\": {" + tls.strip() + " ");
  }

  static ProcessOptions options(Configuration configuration) {
    LogSetup log = LogSetup.install(new LogOptions("test", "v0", LogFormat.TEXT, LogLevel.WARNING));
    return new ProcessOptions(configuration, "v0", Map.of(), log);
  }

  static Configuration configuration(String json) {
    try {
      return ConfigFile.parse(json, "test").configuration();
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  static String config() {
    return CONFIG;
  }

  static ManagedChannel connect(InetSocketAddress address) {
    return NettyChannelBuilder.forAddress(address).usePlaintext().build();
  }

  static HttpResponse<String> get(InetSocketAddress address, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://" + address.getHostString() + ":" + address.getPort() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
