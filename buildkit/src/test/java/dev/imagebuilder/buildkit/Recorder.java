package dev.imagebuilder.buildkit;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildStep;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a build said. */
final class Recorder implements BuildListener {
  private final List<BuildEvent> events = new CopyOnWriteArrayList<>();
  private final List<BuildStep> steps = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @Override
  public void event(BuildEvent event) {
    events.add(event);
  }

  @Override
  public void step(BuildStep step) {
    steps.add(step);
  }

  @Override
  public void log(byte[] output) {
    log.writeBytes(output);
  }

  List<BuildEvent> events() {
    return List.copyOf(events);
  }

  /** What was said of the steps whose name ends so. */
  List<BuildStep.State> states(String nameEnd) {
    return steps.stream()
        .filter(step -> step.name().endsWith(nameEnd))
        .map(BuildStep::state)
        .toList();
  }

  String text() {
    return log.toString(StandardCharsets.UTF_8);
  }
}
