package dev.imagebuilder.registry;

import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.net.Network;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One HTTP exchange with a limit to every wait: the JDK's client has none for sending a body and
 * none for receiving one.
 */
final class Wire {
  /** Bodies up to this are handed over whole. */
  private static final int SMALL = 1 << 16;

  private static final int PIECE = 1 << 17;

  private final Network network;

  Wire(Network network) {
    this.network = network;
  }

  /**
   * Sends a request and returns when the head of the answer is there.
   *
   * @throws Content.Broken if the content could not be read
   * @throws IOException if there is no answer
   * @throws RegistryException if the content could not be opened
   */
  HttpResponse<InputStream> exchange(HttpClient client, Outgoing request, Patience patience)
      throws IOException, RegistryException, InterruptedException {
    try {
      return send(client, request, patience);
    } catch (ConnectException e) {
      throw throughProxy(request.uri(), e);
    }
  }

  /** Behind a proxy it is the proxy that cannot be connected to, whatever the JDK's words. */
  private ConnectException throughProxy(URI uri, ConnectException failure) {
    return network.proxies().select(uri).stream()
        .filter(proxy -> proxy.address() instanceof InetSocketAddress)
        .findFirst()
        .map(proxy -> (InetSocketAddress) proxy.address())
        .map(at ->
            new ConnectException(
                "the proxy " + at.getHostString() + ":" + at.getPort() + " cannot be reached"))
        .orElse(failure);
  }

  private HttpResponse<InputStream> send(HttpClient client, Outgoing request, Patience patience)
      throws IOException, RegistryException, InterruptedException {
    Content content = request.content();
    if (content.size() == 0) {
      return await(start(client, request, BodyPublishers.noBody(), patience), patience.answer());
    }
    try (InputStream in = content.opener().open()) {
      if (content.size() <= SMALL) {
        BodyPublisher body = BodyPublishers.ofByteArray(in.readAllBytes());
        return await(start(client, request, body, patience), patience.answer());
      }
      SentBody body = new SentBody(content.size());
      var exchange = start(client, request, body, patience);
      body.endWith(exchange);
      try {
        pump(in, body, patience.idle());
      } catch (IOException | InterruptedException e) {
        abandon(exchange);
        throw e;
      }
      return await(exchange, patience.answer());
    }
  }

  private CompletableFuture<HttpResponse<InputStream>> start(
      HttpClient client, Outgoing request, BodyPublisher body, Patience patience)
      throws IOException {
    HttpRequest.Builder building;
    try {
      building = HttpRequest.newBuilder(request.uri()).method(request.method(), body);
      request.headers().forEach(building::setHeader);
    } catch (IllegalArgumentException e) {
      throw new IOException("not a request that can be sent: " + e.getMessage(), e);
    }
    network
        .proxyAuthorization(request.uri())
        .ifPresent(login -> building.setHeader("Proxy-Authorization", login.reveal()));
    return client.sendAsync(building.build(), _ -> new ReceivedBody(patience.idle()));
  }

  private static void pump(InputStream in, SentBody body, Duration patience)
      throws IOException, InterruptedException {
    while (true) {
      byte[] piece = new byte[PIECE];
      int count = in.readNBytes(piece, 0, PIECE);
      if (count == 0) {
        body.complete();
        return;
      }
      if (!body.send(ByteBuffer.wrap(piece, 0, count), patience)) {
        return;
      }
    }
  }

  private static HttpResponse<InputStream> await(
      CompletableFuture<HttpResponse<InputStream>> exchange, Duration limit)
      throws IOException, InterruptedException {
    try {
      return exchange.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      abandon(exchange);
      throw new HttpTimeoutException("no answer within " + limit.toMillis() + " ms");
    } catch (InterruptedException e) {
      abandon(exchange);
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  /** Ends the exchange; one that was answered in the same moment loses its connection. */
  private static void abandon(CompletableFuture<HttpResponse<InputStream>> exchange) {
    if (!exchange.cancel(true)) {
      var _ = exchange.thenAccept(response -> ((ReceivedBody) response.body()).close());
    }
  }

  /** A request with all its headers. */
  record Outgoing(String method, URI uri, Map<String, String> headers, Content content) {
    Outgoing {
      headers = Map.copyOf(headers);
    }
  }
}
