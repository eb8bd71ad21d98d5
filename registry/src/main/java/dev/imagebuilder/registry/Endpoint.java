package dev.imagebuilder.registry;

import dev.imagebuilder.core.Repository;
import java.net.URI;
import java.net.http.HttpClient;

/**
 * One server that speaks the distribution API.
 *
 * @param api where it begins, with a slash at its end: {@code https://registry-1.docker.io/v2/}
 * @param client trusts what the registry's options say
 */
record Endpoint(URI api, HttpClient client, Lanes lanes) {

  /** Host and port as messages show them. */
  String host() {
    return api.getRawAuthority();
  }

  Origin origin() {
    return Origin.of(api);
  }

  /**
   * A URL below a repository.
   *
   * @param rest such as {@code manifests/latest}; made of parts that need no encoding
   */
  URI in(Repository repository, String rest) {
    return URI.create(api + repository.path() + "/" + rest);
  }
}
