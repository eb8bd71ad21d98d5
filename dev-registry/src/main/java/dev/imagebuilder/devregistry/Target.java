package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a request's path names; the endpoints of the distribution-spec. */
sealed interface Target {

  /** {@code /v2/}. */
  record Base() implements Target {}

  /** {@code /v2/_catalog}. */
  record Catalog() implements Target {}

  /** {@code /v2/<name>/tags/list}. */
  record Tags(RepositoryName name) implements Target {}

  /** {@code /v2/<name>/manifests/<tag or digest>}; the reference is as it came. */
  record ManifestAt(RepositoryName name, String reference) implements Target {}

  /** {@code /v2/<name>/blobs/<digest>}. */
  record Blob(RepositoryName name, Digest digest) implements Target {}

  /** {@code /v2/<name>/blobs/uploads/}. */
  record NewUpload(RepositoryName name) implements Target {}

  /** {@code /v2/<name>/blobs/uploads/<id>}; the id is as it came. */
  record RunningUpload(RepositoryName name, String id) implements Target {}

  /** {@code /v2/<name>/referrers/<digest>}. */
  record Referrers(RepositoryName name, Digest digest) implements Target {}

  /**
   * Reads a path.
   *
   * @param rawPath not decoded, so that {@code %2f} cannot pass for a slash
   * @throws Refusal if there is no such endpoint, or a name or digest is not one
   */
  static Target parse(String rawPath) throws Refusal {
    // Some clients encode the colon of a digest; nothing else in a valid path needs encoding.
    String path = rawPath.replace("%3A", ":").replace("%3a", ":");
    if (path.equals("/v2/") || path.equals("/v2")) {
      return new Base();
    }
    if (path.equals("/v2/_catalog")) {
      return new Catalog();
    }
    Matcher endpoint = Endpoints.PATH.matcher(path);
    if (!endpoint.matches()) {
      throw new Refusal(404, Refusal.Code.UNSUPPORTED, "no such endpoint; the API is below /v2/");
    }
    RepositoryName name = RepositoryName.parse(endpoint.group("name"));
    String last = endpoint.group("last");
    return switch (endpoint.group("kind")) {
      case "tags/list" -> new Tags(name);
      case "manifests/" -> new ManifestAt(name, last);
      case "referrers/" -> new Referrers(name, digest(last));
      case "blobs/uploads", "blobs/uploads/" ->
          last.isEmpty() ? new NewUpload(name) : new RunningUpload(name, last);
      default -> new Blob(name, digest(last));
    };
  }

  /**
   * Reads a digest that a client sent.
   *
   * @throws Refusal if it is none
   */
  static Digest digest(String text) throws Refusal {
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw Refusal.badDigest(String.valueOf(e.getMessage()));
    }
  }

  /** The shape of all paths that have a repository in them. */
  final class Endpoints {
    private static final Pattern PATH =
        Pattern.compile(
            "/v2/(?<name>.+)/"
                + "(?<kind>tags/list|blobs/uploads/?|manifests/|referrers/|blobs/)"
                + "(?<last>[^/]*)");

    private Endpoints() {}
  }
}
