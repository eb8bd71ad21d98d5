package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.LogLocation;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Remembers what is told of a build. */
final class Recorder implements BuildListener {
  private final List<BuildEvent> events = new CopyOnWriteArrayList<>();
  private final List<LogLocation> locations = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final AtomicLong bytes = new AtomicLong();
  private final boolean isKept;

  Recorder() {
    this(true);
  }

  private Recorder(boolean isKept) {
    this.isKept = isKept;
  }

  /** One that keeps no output. */
  static Recorder counting() {
    return new Recorder(false);
  }

  @Override
  public void event(BuildEvent event) {
    events.add(event);
  }

  @Override
  public void logAt(LogLocation location) {
    locations.add(location);
  }

  @Override
  public void log(byte[] more) {
    if (isKept) {
      synchronized (output) {
        output.writeBytes(more);
      }
    }
    bytes.addAndGet(more.length);
  }

  List<BuildEvent> events() {
    return List.copyOf(events);
  }

  List<LogLocation> locations() {
    return List.copyOf(locations);
  }

  long bytes() {
    return bytes.get();
  }

  String text() {
    synchronized (output) {
      return output.toString(StandardCharsets.UTF_8);
    }
  }

  /** What the workspace printed, without our own two first lines. */
  String printed() {
    return text()
        .replace("Connecting to log output ...\n", "")
        .replace("Connected to log output ...\n", "");
  }
}
