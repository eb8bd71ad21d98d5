package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.cli.output.JsonLine;
import dev.imagebuilder.proto.v1.LogChunk;
import dev.imagebuilder.proto.v1.StreamLogRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
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

  private final CleanText clean = new CleanText();
  private final Patience patience = new Patience();
  private long offset;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    try (ServiceClient client = service.connect()) {
      while (true) {
        try {
          copy(client);
          return 0;
        } catch (StatusRuntimeException e) {
          // From where it broke; what could not be begun is not tried again.
          boolean isBroken = e.getStatus().getCode() == Status.Code.UNAVAILABLE && offset > 0;
          if (!isBroken || !patience.await()) {
            throw client.failure(e);
          }
        }
      }
    }
  }

  private void copy(ServiceClient client) throws InterruptedException {
    StreamLogRequest.Builder request =
        StreamLogRequest.newBuilder().setOffset(offset).setFollow(follow);
    boolean isReference = build.contains("/") || build.contains(":");
    if (isReference) {
      request.setRef(build);
    } else {
      request.setId(build);
    }
    try (Answers<StreamLogRequest, LogChunk> chunks = client.log(request.build())) {
      for (var next = chunks.next(); next.isPresent(); next = chunks.next()) {
        patience.restore();
        LogChunk chunk = next.get();
        print(clean.next(chunk.getContent().toByteArray()), chunk.getOffset());
        offset = chunk.getOffset() + chunk.getContent().size();
      }
      print(clean.end(), offset);
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
