package dev.imagebuilder.cli.output;

import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.Step;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** One JSON object a line, each with the member {@code event}: build, step, log, note or ended. */
public final class JsonOutput implements Output {
  private final PrintStream out;

  /** Writes to the stream. */
  public JsonOutput(PrintStream out) {
    this.out = out;
  }

  @Override
  public void build(BuildInfo now) {
    print("build", JsonValues.of(now));
  }

  @Override
  public void step(Step now) {
    print("step", JsonValues.of(now));
  }

  @Override
  public void log(String text) {
    if (!text.isEmpty()) {
      print("log", Map.of("text", text));
    }
  }

  @Override
  public void note(String text) {
    print("note", Map.of("text", text));
  }

  @Override
  public void ended(BuildInfo last) {
    print("ended", JsonValues.of(last));
  }

  private synchronized void print(String event, Map<String, ?> more) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("event", event);
    members.putAll(more);
    out.println(JsonLine.of(members));
    out.flush();
  }
}
