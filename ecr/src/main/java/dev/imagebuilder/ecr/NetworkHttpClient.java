package dev.imagebuilder.ecr;

import dev.imagebuilder.net.Network;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Lets the AWS SDK reach the world as everything else of this process does: the same proxies, the
 * same certificates. Only for small exchanges; each has one limit to all of it.
 */
final class NetworkHttpClient implements SdkHttpClient {
  private static final Duration LIMIT = Duration.ofSeconds(7);
  private static final int LARGEST = 1 << 20;

  /** What the JDK's client sets by itself and lets nobody else set. */
  private static final Set<String> RESTRICTED =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private final Network network;
  private final HttpClient client;
  private final Duration limit;

  NetworkHttpClient(Network network) {
    this(network, LIMIT);
  }

  /** For tests that cannot wait as long. */
  NetworkHttpClient(Network network, Duration limit) {
    this.network = network;
    this.client = network.httpClient().version(HttpClient.Version.HTTP_1_1).build();
    this.limit = limit;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new Exchange(request);
  }

  @Override
  public String clientName() {
    return "image-builder";
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private HttpRequest request(HttpExecuteRequest asked) throws IOException {
    SdkHttpRequest head = asked.httpRequest();
    URI uri = head.getUri();
    HttpRequest.Builder building =
        HttpRequest.newBuilder(uri).method(head.method().name(), body(asked));
    head.forEachHeader((name, values) -> {
      if (!RESTRICTED.contains(name.toLowerCase(Locale.ROOT))) {
        values.forEach(value -> building.header(name, value));
      }
    });
    network
        .proxyAuthorization(uri)
        .ifPresent(login -> building.setHeader("Proxy-Authorization", login.reveal()));
    return building.build();
  }

  private static BodyPublisher body(HttpExecuteRequest asked) throws IOException {
    Optional<ContentStreamProvider> content = asked.contentStreamProvider();
    if (content.isEmpty()) {
      return BodyPublishers.noBody();
    }
    try (InputStream in = content.get().newStream()) {
      return BodyPublishers.ofByteArray(in.readAllBytes());
    }
  }

  private static HttpExecuteResponse response(HttpResponse<byte[]> answer) {
    SdkHttpFullResponse head =
        SdkHttpFullResponse.builder()
            .statusCode(answer.statusCode())
            .headers(answer.headers().map())
            .build();
    return HttpExecuteResponse.builder()
        .response(head)
        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(answer.body())))
        .build();
  }

  /** One request, not sent before it is called. */
  private final class Exchange implements ExecutableHttpRequest {
    private final HttpExecuteRequest asked;
    private volatile boolean aborted;
    private volatile CompletableFuture<?> running = CompletableFuture.completedFuture(null);

    Exchange(HttpExecuteRequest asked) {
      this.asked = asked;
    }

    @Override
    public HttpExecuteResponse call() throws IOException {
      if (aborted) {
        throw new IOException("given up before it was sent");
      }
      var exchange =
          client.sendAsync(
              request(asked), BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
      running = exchange;
      try {
        return response(exchange.get(limit.toMillis(), TimeUnit.MILLISECONDS));
      } catch (TimeoutException _) {
        exchange.cancel(true);
        String host = asked.httpRequest().getUri().getRawAuthority();
        throw new HttpTimeoutException(host + " did not answer within " + limit.toMillis() + " ms");
      } catch (InterruptedException _) {
        exchange.cancel(true);
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for AWS");
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
      }
    }

    @Override
    public void abort() {
      aborted = true;
      running.cancel(true);
    }
  }
}
