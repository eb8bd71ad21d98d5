package dev.imagebuilder.pipeline;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildListener;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a build said. */
public final class Recorder implements BuildListener {
  private final List<BuildEvent> events = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @Override
  public void event(BuildEvent event) {
    events.add(event);
  }

  @Override
  public void log(byte[] output) {
    log.writeBytes(output);
  }

  /** All events so far. */
  public List<BuildEvent> events() {
    return List.copyOf(events);
  }

  /** The log so far. */
  public String text() {
    return log.toString(StandardCharsets.UTF_8);
  }
}
