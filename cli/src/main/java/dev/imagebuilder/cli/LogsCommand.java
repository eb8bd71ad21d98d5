package dev.imagebuilder.cli;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code image-builder logs}: a build's output, from its first byte. */
@Command(name = "logs", description = "Show a build's output from its beginning.")
final class LogsCommand implements Callable<Integer> {
  private static final Duration FOLLOW_LIMIT = Duration.ofHours(24);

  /** The API does not tell where the output ends for now; a pause does. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  @Parameters(
      paramLabel = "ID|REF",
      description = "A build's id, or the reference of the image it makes.")
  private String build = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Stay until the build ends; without it, until nothing comes for a second.")
  private boolean follow;

  @Mixin private ServiceOptions service = new ServiceOptions();

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    boolean isReference = build.contains("/") || build.contains(":");
    try (ServiceClient client = service.connect();
        LogStream log = client.logs(isReference ? build : "", isReference ? "" : build)) {
      try {
        copy(log);
        return 0;
      } catch (StatusRuntimeException e) {
        throw client.failure(e);
      }
    }
  }

  private void copy(LogStream log) throws InterruptedException {
    CleanText clean = new CleanText();
    try {
      // The first piece may take as long as a connection does.
      Optional<byte[]> piece = log.next(follow ? FOLLOW_LIMIT : PAUSE.multipliedBy(20));
      while (piece.isPresent()) {
        print(clean.next(piece.get()));
        piece = log.next(follow ? FOLLOW_LIMIT : PAUSE);
      }
    } catch (LogStream.SilenceException _) {
      // What there is for now has been shown.
    }
    print(clean.end());
  }

  private void print(String text) {
    if (service.isJson() && !text.isEmpty()) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("event", "log");
      members.put("text", text);
      System.out.println(JsonLine.of(members));
    } else {
      System.out.print(text);
    }
    System.out.flush();
  }
}
