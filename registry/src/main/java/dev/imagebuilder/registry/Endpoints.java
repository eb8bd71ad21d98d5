package dev.imagebuilder.registry;

import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.work.LruCache;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the server of a domain, and keeps one client for each set of trusted certificates. */
final class Endpoints implements AutoCloseable {
  private static final int MOST_HOSTS = 1_000;

  /** Docker Hub's registry is not where its name says. */
  private static final String HUB_HOST = "registry-1.docker.io";

  private final RegistryOptions options;
  private final LoopbackScheme loopback;
  private final HttpClient standardClient;
  private final Map<Path, HttpClient> clientsByCa = new HashMap<>();
  private final LruCache<URI, Endpoint> known = new LruCache<>(MOST_HOSTS);

  Endpoints(RegistryOptions options, Network network, LoopbackScheme loopback)
      throws NetworkException {
    this.options = options;
    this.loopback = loopback;
    this.standardClient = client(network);
    for (HostOptions host : options.hosts().values()) {
      Path ca = host.ca();
      if (ca != null && !clientsByCa.containsKey(ca)) {
        clientsByCa.put(ca, client(network.withCa(ca)));
      }
    }
  }

  /** The registry itself. */
  Endpoint of(String domain) throws InterruptedException {
    String host = domain.equals(Repository.DOCKER_HUB) ? HUB_HOST : domain;
    return endpoint(scheme(domain, host) + "://" + host + "/v2/", domain);
  }

  /** Who may be asked in its stead. */
  List<Endpoint> mirrors(String domain) throws InterruptedException {
    List<Endpoint> all = new ArrayList<>();
    for (String mirror : options.host(domain).mirrors()) {
      String bare = mirror.replaceFirst("^[a-z]+://", "");
      String host = bare.split("/", 2)[0];
      String prefix = bare.substring(host.length()).replaceAll("^/+|/+$", "");
      String scheme =
          bare.equals(mirror) ? scheme(host, host) : mirror.substring(0, mirror.indexOf(':'));
      String path = prefix.isEmpty() ? "" : prefix + "/";
      all.add(endpoint(scheme + "://" + host + "/v2/" + path, host));
    }
    return all;
  }

  @Override
  public void close() {
    standardClient.shutdownNow();
    clientsByCa.values().forEach(HttpClient::shutdownNow);
  }

  private Endpoint endpoint(String api, String domain) {
    URI uri = URI.create(api);
    return known
        .get(uri)
        .orElseGet(() -> {
          Path ca = options.host(domain).ca();
          HttpClient client = clientsByCa.getOrDefault(ca, standardClient);
          Endpoint endpoint = new Endpoint(uri, client, new Lanes());
          known.put(uri, endpoint);
          return endpoint;
        });
  }

  private String scheme(String domain, String host) throws InterruptedException {
    return switch (options.host(domain).scheme()) {
      case PLAIN_HTTP -> "http";
      case AUTO -> loopback.of(host);
    };
  }

  /** HTTP/1.1: a connection for each exchange, so that a slow one delays no other. */
  private static HttpClient client(Network network) {
    return network.httpClient().version(HttpClient.Version.HTTP_1_1).build();
  }
}
