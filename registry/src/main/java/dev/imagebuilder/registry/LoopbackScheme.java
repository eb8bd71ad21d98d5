package dev.imagebuilder.registry;

import dev.imagebuilder.core.work.LruCache;
import dev.imagebuilder.core.work.SingleFlight;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out whether a host on this machine wants TLS. Every other host does, always.
 *
 * <p>The question is asked in plain HTTP, without saying anything that matters: a server that
 * speaks TLS answers 400, or nothing that makes sense, at once. Asked the other way round, a plain
 * server may wait for the rest of what it takes for a request line until somebody gives up.
 */
final class LoopbackScheme {
  /** A server with a thousand new callers may need seconds to accept one more. */
  private static final int PATIENCE_MILLIS = 10_000;

  private static final Duration MEMORY = Duration.ofMinutes(1);
  private static final int MOST_HOSTS = 1_000;
  private static final int LARGEST_PORT = 65_535;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})[ \r\n]");
  private static final int STATUS_LENGTH = 13;

  /** What servers that want TLS say to plain HTTP: Go, nginx and Apache 400, some proxies 426. */
  private static final Set<String> WANTS_TLS = Set.of("400", "426", "497");

  private final InstantSource clock;
  private final LruCache<String, Known> known = new LruCache<>(MOST_HOSTS);
  private final SingleFlight<String, String, IllegalStateException> asking =
      new SingleFlight<>(IllegalStateException.class, Duration.ofMillis(3L * PATIENCE_MILLIS));

  LoopbackScheme(InstantSource clock) {
    this.clock = clock;
  }

  /** {@code https}, or {@code http} for a loopback host that answers it. */
  String of(String host) throws InterruptedException {
    if (!isLoopback(host)) {
      return "https";
    }
    Optional<String> fresh = fresh(host);
    return fresh.isPresent() ? fresh.get() : asking.get(host, () -> asked(host));
  }

  private Optional<String> fresh(String host) {
    Instant now = clock.instant();
    return known.get(host).filter(answer -> now.isBefore(answer.until())).map(Known::scheme);
  }

  /** Who does not answer now is taken for what it was, if that is known. */
  private String asked(String host) throws InterruptedException {
    Optional<String> meanwhile = fresh(host);
    if (meanwhile.isPresent()) {
      return meanwhile.get();
    }
    Optional<String> asked = ask(host);
    asked.ifPresent(scheme -> known.put(host, new Known(scheme, clock.instant().plus(MEMORY))));
    return asked.or(() -> known.get(host).map(Known::scheme)).orElse("https");
  }

  /** True for localhost and for addresses that never leave this machine; nothing is looked up. */
  static boolean isLoopback(String host) {
    String name = URI.create("//" + host).getHost();
    if (name == null) {
      return false;
    }
    String bare = name.replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
    if (bare.equals("localhost") || bare.endsWith(".localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(bare).isLoopbackAddress();
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** What the host wants; empty if it does not answer, or not clearly. */
  private static Optional<String> ask(String host) throws InterruptedException {
    URI uri = URI.create("//" + host);
    if (uri.getPort() < 0 && accepts(uri.getHost())) {
      return Optional.of("https");
    }
    try (Socket socket = connect(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort())) {
      String question = "GET /v2/ HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
      byte[] begin = socket.getInputStream().readNBytes(STATUS_LENGTH);
      Matcher status = STATUS.matcher(new String(begin, StandardCharsets.ISO_8859_1));
      boolean isPlain = status.matches() && !WANTS_TLS.contains(status.group(1));
      return Optional.of(isPlain ? "http" : "https");
    } catch (IOException _) {
      // Whoever asks in earnest will be told why.
      return none();
    }
  }

  /** True if anybody listens where TLS is spoken by default. */
  private static boolean accepts(String host) throws InterruptedException {
    try (Socket socket = connect(host, 443)) {
      return socket.isConnected();
    } catch (IOException _) {
      return none().isPresent();
    }
  }

  private static Socket connect(String host, int port) throws IOException {
    if (port > LARGEST_PORT) {
      throw new IOException("no port: " + port);
    }
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Nothing, unless it is for an interruption that there is no answer. */
  private static Optional<String> none() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted while asking for the scheme of a loopback host");
    }
    return Optional.empty();
  }

  private record Known(String scheme, Instant until) {}
}
