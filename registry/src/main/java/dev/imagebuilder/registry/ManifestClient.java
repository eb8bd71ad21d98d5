package dev.imagebuilder.registry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.Repository;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of one repository. Every call is one attempt.
 *
 * @see "distribution-spec v1.1, Pulling manifests, Pushing manifests"
 */
final class ManifestClient {
  private static final String DIGEST = "Docker-Content-Digest";

  /** How servers that do not know HEAD answer it. */
  private static final Set<Integer> NO_HEAD = Set.of(405, 501);

  private final Session session;
  private final Repository repository;

  ManifestClient(Session session, Repository repository) {
    this.session = session;
    this.repository = repository;
  }

  /**
   * Asks which manifest a tag or digest names now; fetches it only where the registry does not say
   * it otherwise.
   *
   * @throws RegistryException if there is none, among others
   */
  Found find(String identifier, Purpose purpose) throws RegistryException, InterruptedException {
    Call call = read("HEAD", identifier, purpose);
    try (Answer answer = session.send(call)) {
      if (answer.isSuccess() && answer.header("Content-Length").isPresent()) {
        Optional<Digest> said = digestOf(answer);
        if (said.isPresent()) {
          check(call, answer, identifier, said.get());
          return new Found(wanted(identifier).orElse(said.get()), null);
        }
      } else if (!answer.isSuccess() && !NO_HEAD.contains(answer.status())) {
        throw Faults.refusal(call, answer, session.credential());
      }
    }
    Manifest manifest = get(identifier, purpose);
    return new Found(manifest.digest(), manifest);
  }

  /** True if the repository has a manifest of the digest. */
  boolean has(Digest digest, Purpose purpose) throws RegistryException, InterruptedException {
    try {
      find(digest.toString(), purpose);
      return true;
    } catch (RegistryException e) {
      if (e.reason().isNotFound()) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Fetches a manifest and checks that it is the one that was asked for.
   *
   * @param identifier a tag or a digest
   */
  Manifest get(String identifier, Purpose purpose) throws RegistryException, InterruptedException {
    Call call = read("GET", identifier, purpose);
    try (Answer answer = session.send(call)) {
      if (!answer.isSuccess()) {
        throw Faults.refusal(call, answer, session.credential());
      }
      byte[] bytes = bytes(call, answer);
      Digest wanted =
          wanted(identifier).or(() -> digestOf(answer)).orElseGet(() -> Digest.of(bytes));
      Digest actual = Digest.of(wanted.algorithm(), wanted.algorithm().hasher().digest(bytes));
      if (!actual.equals(wanted)) {
        throw Faults.mismatch(
            call, answer.uri(), "sent a manifest that hashes to " + actual + ", not to " + wanted);
      }
      return new Manifest(bytes, mediaType(answer), wanted);
    }
  }

  /**
   * Stores a manifest as it is.
   *
   * @param identifier the tag or digest to store it under
   * @throws RegistryException if the registry refuses, or understood other content
   */
  void put(String identifier, Manifest manifest, Purpose purpose)
      throws RegistryException, InterruptedException {
    Call call =
        Call.of(
                purpose,
                "PUT",
                session.endpoint().in(repository, "manifests/" + identifier),
                List.of(Scope.push(repository.path())))
            .with(Content.of(manifest.bytes()));
    try (Answer answer = session.send(call.with("Content-Type", mediaType(manifest, call)))) {
      if (!answer.isSuccess()) {
        throw Faults.refusal(call, answer, session.credential());
      }
      @Nullable Digest stored = digestOf(answer).orElse(null);
      if (stored != null
          && stored.algorithm() == manifest.digest().algorithm()
          && !stored.equals(manifest.digest())) {
        throw Faults.mismatch(
            call, answer.uri(), "stored " + stored + " instead of " + manifest.digest());
      }
    }
  }

  private static String mediaType(Manifest manifest, Call call) throws RegistryException {
    try {
      return manifest.mediaType();
    } catch (Manifest.Malformed e) {
      throw Faults.invalid(
          call, call.uri(), null, "cannot be sent a manifest that " + e.getMessage());
    }
  }

  private Call read(String method, String identifier, Purpose purpose) {
    return Call.of(
            purpose,
            method,
            session.endpoint().in(repository, "manifests/" + identifier),
            List.of(Scope.pull(repository.path())))
        .with("Accept", MediaTypes.ACCEPT);
  }

  private static byte[] bytes(Call call, Answer answer) throws RegistryException {
    byte[] bytes;
    try {
      bytes = answer.bytes(Manifest.LARGEST + 1);
    } catch (IOException e) {
      throw Faults.transport(call.purpose(), call.method(), answer.uri(), e);
    }
    if (bytes.length > Manifest.LARGEST) {
      throw Faults.invalid(call, answer.uri(), 200, "sends a manifest above 4 MiB");
    }
    return bytes;
  }

  private static void check(Call call, Answer answer, String identifier, Digest said)
      throws RegistryException {
    Optional<Digest> wanted = wanted(identifier);
    if (wanted.isPresent()
        && wanted.get().algorithm() == said.algorithm()
        && !wanted.get().equals(said)) {
      throw Faults.mismatch(call, answer.uri(), "says that " + identifier + " is " + said);
    }
  }

  private static Optional<Digest> wanted(String identifier) {
    return identifier.indexOf(':') < 0 ? Optional.empty() : Optional.of(Digest.parse(identifier));
  }

  private static Optional<Digest> digestOf(Answer answer) {
    try {
      return answer.header(DIGEST).map(Digest::parse);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static String mediaType(Answer answer) {
    return answer.header("Content-Type").map(type -> type.split(";", 2)[0].strip()).orElse("");
  }

  /**
   * What a tag or digest names.
   *
   * @param manifest null if it was not fetched
   */
  record Found(Digest digest, @Nullable Manifest manifest) {}
}
