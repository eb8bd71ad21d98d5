package dev.imagebuilder.testing;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The few plain HTTP calls that put images into a registry and look at what is there, so that tests
 * of our own client need not trust it. Safe for any thread.
 */
public final class PlainRegistryClient {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final URI base;
  private final HttpClient http;
  private final Optional<String> authorization;

  private PlainRegistryClient(URI base, HttpClient http, Optional<String> authorization) {
    this.base = base;
    this.http = http;
    this.authorization = authorization;
  }

  /**
   * Talks to a registry that is open and needs no trust.
   *
   * @param base {@code http://host:port}, without a slash at the end
   */
  public static PlainRegistryClient of(URI base) {
    return new PlainRegistryClient(base, HttpClient.newHttpClient(), Optional.empty());
  }

  /** Talks to a registry whose certificate this authority (PEM) has signed. */
  public static PlainRegistryClient trusting(URI base, Path authority) throws IOException {
    HttpClient http = HttpClient.newBuilder().sslContext(trust(authority)).build();
    return new PlainRegistryClient(base, http, Optional.empty());
  }

  /** The same, with a user and a password. */
  public PlainRegistryClient withBasic(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    String value = "Basic " + Base64.getEncoder().encodeToString(pair);
    return new PlainRegistryClient(base, http, Optional.of(value));
  }

  /**
   * Pushes an image with everything it refers to.
   *
   * @param reference a tag, or the image's own digest
   */
  public void push(String repository, String reference, TestImage image) throws IOException {
    for (TestImage child : image.children()) {
      push(repository, child.digest().toString(), child);
    }
    for (Map.Entry<Digest, byte[]> blob : image.blobs().entrySet()) {
      pushBlob(repository, blob.getKey(), blob.getValue());
    }
    HttpResponse<byte[]> put =
        send(
            request(path(repository, "manifests", reference))
                .header("Content-Type", image.mediaType())
                .PUT(BodyPublishers.ofByteArray(image.manifest())));
    expect(put, 201);
  }

  /** Pushes one blob, in one piece. */
  public void pushBlob(String repository, Digest digest, byte[] content) throws IOException {
    HttpResponse<byte[]> post =
        send(request("/v2/" + repository + "/blobs/uploads/").POST(BodyPublishers.noBody()));
    expect(post, 202);
    URI location = base.resolve(post.headers().firstValue("Location").orElseThrow());
    String join = location.getRawQuery() == null ? "?" : "&";
    BodyPublisher body = BodyPublishers.ofByteArray(content);
    URI target = URI.create(location + join + "digest=" + digest);
    expect(send(request(target).header("Content-Type", "application/octet-stream").PUT(body)), 201);
  }

  /**
   * The digest of the manifest that the registry has for a tag or digest; empty if it has none. The
   * bytes are fetched and hashed, not believed.
   */
  public Optional<Digest> digest(String repository, String reference) throws IOException {
    return manifest(repository, reference).map(Digest::of);
  }

  /** A manifest's bytes; empty if there is none. */
  public Optional<byte[]> manifest(String repository, String reference) throws IOException {
    HttpRequest.Builder get = request(path(repository, "manifests", reference)).GET();
    TestImage.MEDIA_TYPES.forEach(type -> get.header("Accept", type));
    return found(send(get));
  }

  /** A blob's bytes; empty if there is none. Follows no redirect. */
  public Optional<byte[]> blob(String repository, Digest digest) throws IOException {
    return found(send(request(path(repository, "blobs", digest.toString())).GET()));
  }

  /** Any GET below the registry's address. */
  public HttpResponse<byte[]> get(String path) throws IOException {
    return send(request(path).GET());
  }

  private static String path(String repository, String kind, String reference) {
    return "/v2/" + repository + "/" + kind + "/" + reference;
  }

  private HttpRequest.Builder request(String path) {
    return request(base.resolve(path));
  }

  private HttpRequest.Builder request(URI target) {
    HttpRequest.Builder request = HttpRequest.newBuilder(target).timeout(LIMIT);
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Optional<byte[]> found(HttpResponse<byte[]> response) throws IOException {
    if (response.statusCode() == 404) {
      return Optional.empty();
    }
    expect(response, 200);
    return Optional.of(response.body());
  }

  private static void expect(HttpResponse<byte[]> response, int status) throws IOException {
    if (response.statusCode() != status) {
      throw new IOException(
          response.request().method()
              + " "
              + response.request().uri()
              + ": "
              + response.statusCode()
              + " "
              + new String(response.body(), StandardCharsets.UTF_8));
    }
  }

  private static SSLContext trust(Path authority) throws IOException {
    try (InputStream pem = Files.newInputStream(authority)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot trust " + authority, e);
    }
  }
}
