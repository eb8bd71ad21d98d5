package dev.imagebuilder.cli;

import com.google.protobuf.ByteString;
import dev.imagebuilder.buildkit.files.FileSource;
import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.cli.output.Output;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.BuildRequest;
import dev.imagebuilder.proto.v1.BuildSpec;
import dev.imagebuilder.proto.v1.BuildUpdate;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Starts a build through the API, serves its directory if it has one, and shows it until it ends.
 * When the connection breaks, it asks for the same build again, unless that ended with it.
 */
final class BuildFollower {
  private final ServiceClient service;
  private final Output output;
  private final LogPosition position = new LogPosition();
  private final Patience patience = new Patience();
  private CleanText clean = new CleanText();
  private volatile @Nullable BuildCall call;
  private volatile BuildInfo newest = BuildInfo.getDefaultInstance();
  private volatile boolean isStopped;

  BuildFollower(ServiceClient service, Output output) {
    this.service = service;
    this.output = output;
  }

  /** Follows the build of a git repository or an image to its end, which is the last message. */
  BuildInfo follow(BuildSpec spec) throws CommandFailure, InterruptedException {
    while (true) {
      try {
        return watch(spec, Optional.empty());
      } catch (StatusRuntimeException e) {
        boolean isBroken =
            e.getStatus().getCode() == Status.Code.UNAVAILABLE && !newest.getId().isEmpty();
        if (!isBroken || isStopped) {
          throw failure(e);
        }
        output.note("the connection to " + service.host() + " broke; trying again");
        if (!patience.await()) {
          throw failure(e);
        }
      }
    }
  }

  /** Follows the build of a directory of this machine to its end. */
  BuildInfo follow(BuildSpec spec, FileSource files) throws CommandFailure, InterruptedException {
    try {
      return watch(spec, Optional.of(files));
    } catch (StatusRuntimeException e) {
      throw failure(e);
    }
  }

  /** Stops what is being followed, from any thread: {@code follow} returns or fails soon. */
  void stop(String user) {
    isStopped = true;
    BuildInfo build = newest;
    if (build.getId().isEmpty()) {
      leave();
    } else if (!build.getOwner().equals(user)) {
      String owner = build.getOwner().isEmpty() ? "somebody else" : build.getOwner();
      output.note(
          "leaving; the build was started by "
              + owner
              + " and goes on, cancel it with:"
              + " image-builder cancel "
              + build.getId());
      leave();
    } else {
      output.note("cancelling the build; Ctrl-C again leaves at once");
      try {
        service.cancel(build.getId(), user);
      } catch (StatusRuntimeException e) {
        output.note("cannot cancel it: " + service.failure(e).getMessage());
        leave();
      }
    }
  }

  /** True if it was told to. */
  boolean isStopped() {
    return isStopped;
  }

  private void leave() {
    BuildCall open = call;
    if (open != null) {
      open.close();
    }
  }

  private CommandFailure failure(StatusRuntimeException e) {
    return isStopped ? CommandFailure.interrupted() : service.failure(e);
  }

  private BuildInfo watch(BuildSpec spec, Optional<FileSource> files)
      throws CommandFailure, InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        BuildCall open = service.build()) {
      call = open;
      if (isStopped) {
        throw CommandFailure.interrupted();
      }
      open.begin(BuildRequest.newBuilder().setSpec(spec).build());
      @Nullable DirectoryServer directory = null;
      if (files.isPresent()) {
        directory = new DirectoryServer(files.get(), open, output, threads);
      } else {
        open.endRequests();
      }
      try {
        return read(open, directory);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private BuildInfo read(BuildCall open, @Nullable DirectoryServer directory)
      throws CommandFailure, InterruptedException {
    boolean isFirst = true;
    for (var next = open.next(); next.isPresent(); next = open.next()) {
      BuildUpdate update = next.get();
      switch (update.getUpdateCase()) {
        case BUILD -> {
          BuildInfo build = update.getBuild();
          if (build.hasOutcome()) {
            output.log(clean.end());
            output.ended(build);
            return build;
          }
          if (isFirst) {
            begin(build);
            isFirst = false;
          }
          newest = build;
          output.build(build);
        }
        case STEP -> output.step(update.getStep());
        case LOG -> {
          ByteString fresh = position.fresh(update.getLog());
          output.log(clean.next(fresh.toByteArray()));
        }
        case WISH -> {
          if (directory != null) {
            directory.wish(update.getWish());
          }
        }
        case FILES -> {
          if (directory != null) {
            directory.accept(update.getFiles());
          }
        }
        case UPDATE_NOT_SET -> {
          // Something newer services say.
        }
      }
    }
    throw CommandFailure.failed("the service ended the stream before the build did");
  }

  private void begin(BuildInfo build) {
    patience.restore();
    if (!build.getId().equals(newest.getId())) {
      clean = new CleanText();
    }
    position.begin(build.getId());
  }
}
