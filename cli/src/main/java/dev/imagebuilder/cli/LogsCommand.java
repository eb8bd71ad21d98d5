package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.JsonLine;
import dev.imagebuilder.proto.v1.StreamLogRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code image-builder logs}: a build's output, from its first byte. */
@Command(
    name = "logs",
    description = "Show a build's output from its beginning, of one that has ended, too.",
    footer = {
      "",
      "Exit codes: 0 shown, 1 no such build, 2 wrong arguments, 3 service not reachable."
    })
final class LogsCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "ID|REF",
      description = "A build's id, or the reference of the image it makes.")
  private String build = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Stay until the build ends.")
  private boolean follow;

  @Mixin private ServiceOptions service = new ServiceOptions();

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    StreamLogRequest.Builder request = StreamLogRequest.newBuilder().setFollow(follow);
    boolean isReference = build.contains("/") || build.contains(":");
    if (isReference) {
      request.setRef(build);
    } else {
      request.setId(build);
    }
    try (ServiceClient client = service.connect()) {
      new LogFollower(client, this::print).follow(request.build());
      return 0;
    }
  }

  private void print(String text, long at) {
    if (!service.isJson()) {
      System.out.print(text);
    } else if (!text.isEmpty()) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("event", "log");
      members.put("offset", at);
      members.put("text", text);
      System.out.println(JsonLine.of(members));
    }
    System.out.flush();
  }
}
