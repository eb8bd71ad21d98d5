package dev.imagebuilder.server.api;

import com.google.protobuf.ByteString;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.work.Tasks;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.BuildUpdate;
import dev.imagebuilder.proto.v1.LogChunk;
import dev.imagebuilder.service.Build;
import dev.imagebuilder.service.Build.Snapshot;
import dev.imagebuilder.service.Build.Steps;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** Tells one client all about a build until it ends: its state, its steps, its output. */
final class BuildWatch {
  static final int CHUNK = 32 * 1024;

  /** Only how often a watcher looks around; what happens wakes it at once. */
  static final Duration GLANCE = Duration.ofMinutes(1);

  private final Build build;
  private final Responses<BuildUpdate> out;

  BuildWatch(Build build, Responses<BuildUpdate> out) {
    this.build = build;
    this.out = out;
  }

  /** Returns after the last message, which has the outcome. */
  void run() throws StalledException, IOException, InterruptedException {
    out.send(update(BuildInfos.of(build)));
    try {
      Tasks.allOf(List.<Callable<Void>>of(this::states, this::steps, this::log));
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case StalledException stalled -> throw stalled;
        case IOException broken -> throw broken;
        case InterruptedException interrupted -> throw interrupted;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    }
    out.send(update(BuildInfos.of(build)));
  }

  private Void states() throws StalledException, InterruptedException {
    Snapshot seen = build.snapshot();
    while (!seen.isFinished()) {
      Snapshot next = build.awaitChange(seen, GLANCE);
      if (next.version() != seen.version() && !next.isFinished()) {
        out.send(update(BuildInfos.of(build, next)));
      }
      seen = next;
    }
    return null;
  }

  private Void steps() throws StalledException, InterruptedException {
    Steps seen;
    long version = 0;
    do {
      seen = build.awaitSteps(version, GLANCE);
      version = seen.version();
      for (Build.StepView view : seen.changed()) {
        out.send(BuildUpdate.newBuilder().setStep(BuildInfos.of(view)).build());
      }
    } while (!seen.isLast());
    return null;
  }

  /** A build may go on as another, whose output is another. */
  private Void log() throws StalledException, IOException, InterruptedException {
    BuildId read;
    do {
      read = build.id();
      copyLog();
    } while (!read.equals(build.id()));
    return null;
  }

  private void copyLog() throws StalledException, IOException, InterruptedException {
    long offset = 0;
    try (Build.LogReader reader = build.readLog(0)) {
      byte[] buffer = new byte[CHUNK];
      for (int n = reader.read(buffer, GLANCE); n >= 0; n = reader.read(buffer, GLANCE)) {
        if (n > 0) {
          out.send(BuildUpdate.newBuilder().setLog(chunk(offset, buffer, n)).build());
          offset += n;
        }
      }
    }
  }

  static LogChunk chunk(long offset, byte[] buffer, int length) {
    return LogChunk.newBuilder()
        .setOffset(offset)
        .setContent(ByteString.copyFrom(buffer, 0, length))
        .build();
  }

  private static BuildUpdate update(BuildInfo info) {
    return BuildUpdate.newBuilder().setBuild(info).build();
  }
}
