package dev.imagebuilder.registry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.registry.Lanes.Lane;
import dev.imagebuilder.registry.Purpose.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blobs of one repository. Every call is one attempt.
 *
 * @see "distribution-spec v1.1, Pulling blobs, Pushing blobs"
 */
final class BlobClient {
  private static final Logger LOG = LoggerFactory.getLogger(BlobClient.class);

  /** How long an interrupted caller waits to learn what was opened for it. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Session session;
  private final Repository repository;

  BlobClient(Session session, Repository repository) {
    this.session = session;
    this.repository = repository;
  }

  /** True if the repository has the blob. */
  boolean has(Digest digest, Purpose purpose) throws RegistryException, InterruptedException {
    Call call = read("HEAD", digest, purpose);
    try (Answer answer = session.send(call)) {
      if (answer.status() != 404 && !answer.isSuccess()) {
        throw Faults.refusal(call, answer, session.credential());
      }
      return answer.isSuccess();
    }
  }

  /**
   * Starts to read a blob.
   *
   * @return a stream whose end is only reached if size and hash are right; closed by the caller
   */
  InputStream open(Descriptor blob, Purpose purpose)
      throws RegistryException, InterruptedException {
    Call call = read("GET", blob.digest(), purpose).in(Lane.DOWNLOAD);
    Answer answer = session.send(call);
    if (!answer.isSuccess()) {
      try (answer) {
        throw Faults.refusal(call, answer, session.credential());
      }
    }
    return new VerifiedStream(new AnswerStream(answer), blob, new Sender(call, answer.uri()));
  }

  /**
   * Puts a blob into the repository unless it is there, by as little sending as possible.
   *
   * @param mountFrom a repository of the same registry that has it
   */
  void put(Descriptor blob, Content content, Optional<Repository> mountFrom, Purpose purpose)
      throws RegistryException, InterruptedException {
    Optional<URI> upload;
    if (mountFrom.isPresent()) {
      upload = mount(blob, mountFrom.get(), purpose);
    } else if (has(blob.digest(), purpose)) {
      return;
    } else {
      upload = begin(purpose);
    }
    if (upload.isPresent()) {
      send(upload.get(), blob, content, purpose);
    }
  }

  /**
   * Asks the registry to take a blob of another of its repositories.
   *
   * @return where to send it instead; empty if it is here now
   */
  private Optional<URI> mount(Descriptor blob, Repository from, Purpose purpose)
      throws RegistryException, InterruptedException {
    String query = "?mount=" + encoded(blob.digest()) + "&from=" + from.path().replace("/", "%2F");
    Call call =
        Call.of(
            purpose.about(Subject.UPLOAD),
            "POST",
            session.endpoint().in(repository, "blobs/uploads/" + query),
            List.of(Scope.push(repository.path()), Scope.pull(from.path())));
    try {
      return start(call);
    } catch (RegistryException e) {
      // Whoever may push here may not be allowed to read there: then the blob itself is sent.
      if (e.reason() == Reason.UNAUTHORIZED
          || e.reason() == Reason.DENIED
          || e.reason() == Reason.NAME_UNKNOWN) {
        return has(blob.digest(), purpose) ? Optional.empty() : begin(purpose);
      }
      throw e;
    }
  }

  private Optional<URI> begin(Purpose purpose) throws RegistryException, InterruptedException {
    return start(
        Call.of(
            purpose.about(Subject.UPLOAD),
            "POST",
            session.endpoint().in(repository, "blobs/uploads/"),
            scopes()));
  }

  /** Opens an upload; empty if a mount made it needless. */
  private Optional<URI> start(Call call) throws RegistryException, InterruptedException {
    try (Answer answer = sendToTheEnd(call)) {
      if (answer.status() == 201) {
        return Optional.empty();
      }
      if (!answer.isSuccess()) {
        throw Faults.refusal(call, answer, session.credential());
      }
      return Optional.of(UploadLocation.of(call, answer));
    }
  }

  /**
   * Sends, and waits for the answer a little longer when interrupted: it names the upload, which
   * could not be abandoned otherwise.
   */
  private Answer sendToTheEnd(Call call) throws RegistryException, InterruptedException {
    FutureTask<Answer> sending = new FutureTask<>(() -> session.send(call));
    Thread sender = Thread.ofVirtual().start(sending);
    try {
      return sending.get();
    } catch (ExecutionException e) {
      throw cause(e);
    } catch (InterruptedException _) {
      try {
        return sending.get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        throw cause(e);
      } catch (TimeoutException _) {
        sender.interrupt();
        throw new InterruptedException("while an upload was opened");
      } finally {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RegistryException cause(ExecutionException e) throws InterruptedException {
    return switch (e.getCause()) {
      case RegistryException fault -> fault;
      case InterruptedException interrupted -> throw interrupted;
      case null, default -> throw new IllegalStateException(e.getCause());
    };
  }

  private void send(URI upload, Descriptor blob, Content content, Purpose purpose)
      throws RegistryException, InterruptedException {
    String separator = upload.getRawQuery() == null ? "?" : "&";
    URI target = URI.create(upload + separator + "digest=" + encoded(blob.digest()));
    Call call =
        Call.of(purpose.about(Subject.UPLOAD), "PUT", target, scopes())
            .with("Content-Type", "application/octet-stream")
            .with(content)
            .in(Lane.UPLOAD);
    boolean isStored = false;
    try (Answer answer = session.send(call)) {
      if (!answer.isSuccess()) {
        throw Faults.refusal(call, answer, session.credential());
      }
      isStored = true;
    } finally {
      if (!isStored) {
        abandon(upload, purpose);
      }
    }
  }

  /** Tells the registry that nothing more comes, also when we are interrupted; briefly. */
  private void abandon(URI upload, Purpose purpose) {
    boolean wasInterrupted = Thread.interrupted();
    Call call = Call.of(purpose.about(Subject.UPLOAD), "DELETE", upload, scopes());
    try (Answer answer = session.with(Patience.FAREWELL).send(call)) {
      LOG.atDebug().addKeyValue("status", answer.status()).log("upload abandoned");
    } catch (RegistryException e) {
      LOG.atDebug().addKeyValue("cause", e.getMessage()).log("upload not abandoned");
    } catch (InterruptedException _) {
      wasInterrupted = true;
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Call read(String method, Digest digest, Purpose purpose) {
    return Call.of(
        purpose.about(Subject.BLOB),
        method,
        session.endpoint().in(repository, "blobs/" + digest),
        List.of(Scope.pull(repository.path())));
  }

  private List<Scope> scopes() {
    return List.of(Scope.push(repository.path()));
  }

  private static String encoded(Digest digest) {
    return digest.algorithm() + "%3A" + digest.hex();
  }

  /** Blames the one who sent the blob. */
  private record Sender(Call call, URI uri) implements VerifiedStream.Blame {
    @Override
    public RegistryException broken(IOException cause) {
      return Faults.transport(call.purpose(), call.method(), uri, cause);
    }

    @Override
    public RegistryException wrong(String what) {
      return Faults.mismatch(call, uri, what);
    }
  }
}
