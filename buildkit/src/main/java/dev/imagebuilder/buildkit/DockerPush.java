package dev.imagebuilder.buildkit;

import dev.imagebuilder.buildkit.docker.DockerApi;
import dev.imagebuilder.buildkit.docker.DockerException;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildStep;
import dev.imagebuilder.core.BuildStep.State;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a Docker Engine push an image that it keeps, under a name that the image has only meanwhile.
 */
final class DockerPush {
  private static final Logger log = LoggerFactory.getLogger(DockerPush.class);
  private static final String STEP = "push";
  private static final int LONGEST_STATUS = 100;

  private final DockerApi docker;
  private final BuildListener listener;

  /** The layers that the Engine waits to send again. */
  private final Set<String> retrying = new HashSet<>();

  DockerPush(DockerApi docker, BuildListener listener) {
    this.docker = docker;
    this.listener = listener;
  }

  /**
   * Pushes.
   *
   * @param kept the image's name in the Engine's store; it loses that one, too
   * @param target has a tag
   */
  Digest run(String kept, ImageReference target, Credential credential)
      throws BuildFailedException, IOException, InterruptedException {
    long start = System.nanoTime();
    listener.event(new BuildEvent.Pushing());
    say(target, new State.Started());
    try {
      Optional<DockerApi.Image> before = docker.image(target.toString());
      docker.tag(kept, target);
      try {
        Digest pushed =
            docker.push(
                target,
                credential,
                (layer, status, done, total) -> {
                  if (total > 0) {
                    say(target, new State.Transferred(layer, done, total));
                  }
                  tellOfRetry(layer, status);
                });
        check(kept, target, pushed);
        say(target, new State.Completed(since(start)));
        listener.line("pushed " + target.withDigest(pushed));
        return pushed;
      } finally {
        tidy(() -> putBack(before, target));
      }
    } catch (DockerException e) {
      say(target, new State.Failed(since(start), String.valueOf(e.getMessage())));
      throw new BuildFailedException(
          SolveFailures.registry("push " + target + ": " + e.getMessage(), Blame.SYSTEM), e);
    }
  }

  /**
   * An Engine does not say what went wrong before it has tried five times, which takes a minute.
   */
  private void tellOfRetry(String layer, String status) {
    if (!status.startsWith("Retrying in ")) {
      retrying.remove(layer);
    } else if (retrying.add(layer)) {
      String what = Printable.of(status.toLowerCase(Locale.ROOT), LONGEST_STATUS);
      listener.line("layer " + layer + " was not taken, " + what);
    }
  }

  /** Removes a name and, if it is the image's last one, the image. */
  void forget(String kept) {
    tidy(() -> docker.untag(kept));
  }

  /** The name could have become another image's between our two requests. */
  private void check(String kept, ImageReference target, Digest pushed)
      throws BuildFailedException, IOException, DockerException, InterruptedException {
    boolean isOurs =
        docker.image(kept).stream()
            .flatMap(image -> image.pushed().stream())
            .anyMatch(name -> name.endsWith("@" + pushed));
    if (!isOurs) {
      throw new BuildFailedException(
          Failed.bySystem(
              FailureReason.INTERNAL,
              "push " + target + ": another image was given this name meanwhile, and was pushed",
              "Let nobody else use the names of this repository in this Docker Engine"));
    }
  }

  private void putBack(Optional<DockerApi.Image> before, ImageReference target)
      throws IOException, DockerException, InterruptedException {
    // Also takes the name by digest away, which would keep the image.
    docker.untag(target.toString());
    if (before.isPresent()) {
      docker.tag(before.get().id(), target);
    }
  }

  private void say(ImageReference target, State state) {
    listener.step(new BuildStep(STEP, "pushing " + target, state));
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private interface Tidying {
    void run() throws IOException, DockerException, InterruptedException;
  }

  /** Also for a build that was stopped. */
  private static void tidy(Tidying what) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      what.run();
    } catch (IOException | DockerException e) {
      log.atWarn().setCause(e).log("a name stays in the Docker Engine's image store");
    } catch (InterruptedException _) {
      wasInterrupted = true;
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
