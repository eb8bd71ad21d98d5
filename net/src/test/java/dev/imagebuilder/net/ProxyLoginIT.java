package dev.imagebuilder.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The JDK's client against a proxy that notes what it is shown. */
final class ProxyLoginIT {

  @Test
  void aTunnelIsOpenedWithTheProxysPassword() throws Exception {
    try (Proxy proxy = new Proxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")) {
      Network network =
          Network.fromEnvironment(Map.of("HTTPS_PROXY", "http://user:pass@" + proxy.address()));

      assertThatIOException().isThrownBy(() -> get(network, "https://reg.example/v2/"));

      assertThat(proxy.shown())
          .startsWith("CONNECT reg.example:443 HTTP/1.1")
          .contains("Proxy-Authorization: Basic dXNlcjpwYXNz");
    }
  }

  @Test
  void aServersOwn401ComesThroughAProxyWithAPassword() throws Exception {
    String refusal =
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n";
    try (Proxy proxy = new Proxy(refusal)) {
      Network network =
          Network.fromEnvironment(Map.of("HTTP_PROXY", "http://user:pass@" + proxy.address()));

      assertThat(get(network, "http://reg.example/v2/")).isEqualTo(401);

      assertThat(proxy.shown())
          .startsWith("GET http://reg.example/v2/ HTTP/1.1")
          .contains("Proxy-Authorization: Basic dXNlcjpwYXNz");
    }
  }

  private static int get(Network network, String url) throws IOException, InterruptedException {
    try (HttpClient client = network.httpClient().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
      network
          .proxyAuthorization(URI.create(url))
          .ifPresent(login -> request.setHeader("Proxy-Authorization", login.reveal()));
      return client.send(request.build(), BodyHandlers.discarding()).statusCode();
    }
  }

  /** Answers one request, whatever it is. */
  private static final class Proxy implements AutoCloseable {
    private final ServerSocket socket;
    private final ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
    private final Future<List<String>> request;

    Proxy(String answer) throws IOException {
      socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
      request = thread.submit(() -> serve(answer));
    }

    String address() {
      return "127.0.0.1:" + socket.getLocalPort();
    }

    List<String> shown() throws Exception {
      return request.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
      socket.close();
      thread.close();
    }

    private List<String> serve(String answer) throws IOException {
      try (Socket one = socket.accept()) {
        var in =
            new BufferedReader(
                new InputStreamReader(one.getInputStream(), StandardCharsets.US_ASCII));
        List<String> lines = in.lines().takeWhile(line -> !line.isEmpty()).toList();
        one.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        return lines;
      }
    }
  }
}
