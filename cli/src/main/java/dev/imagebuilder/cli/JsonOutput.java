package dev.imagebuilder.cli;

import dev.imagebuilder.proto.builder.BuildResponse;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** One JSON object a line, each with the member {@code event}: running, note, log or ended. */
final class JsonOutput implements Output {
  private final PrintStream out;

  JsonOutput(PrintStream out) {
    this.out = out;
  }

  @Override
  public synchronized void running(BuildResponse response) {
    print(members("running", response));
  }

  @Override
  public synchronized void note(String text) {
    print(textual("note", text));
  }

  @Override
  public synchronized void log(String text) {
    if (!text.isEmpty()) {
      print(textual("log", text));
    }
  }

  @Override
  public synchronized void ended(BuildResponse response) {
    print(members("ended", response));
  }

  private static Map<String, Object> textual(String event, String text) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("event", event);
    members.put("text", text);
    return members;
  }

  private static Map<String, Object> members(String event, BuildResponse response) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("event", event);
    members.put("status", response.getStatus().name());
    members.put("ref", response.getRef());
    members.put("base_ref", response.getBaseRef());
    members.put("build_id", response.getInfo().getBuildId());
    members.put("message", response.getMessage());
    return members;
  }

  private void print(Map<String, ?> members) {
    out.println(JsonLine.of(members));
    out.flush();
  }
}
