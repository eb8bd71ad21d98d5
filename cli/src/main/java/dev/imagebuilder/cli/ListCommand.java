package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.cli.output.JsonLine;
import dev.imagebuilder.cli.output.JsonValues;
import dev.imagebuilder.cli.output.Words;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.ListBuildsRequest;
import dev.imagebuilder.proto.v1.ListBuildsResponse;
import io.grpc.StatusRuntimeException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code image-builder list}: the builds that run now, and those that have ended. */
@Command(name = "list", description = "List the builds that run now.")
final class ListCommand implements Callable<Integer> {
  private static final String ROW = "%-36s  %-9s  %6s  %-10s  %-13s  %-9s  %s%n";

  @Option(
      names = {"-a", "--all"},
      description = "Also those that have ended and are kept, newest first.")
  private boolean all;

  @Mixin private ServiceOptions service = new ServiceOptions();

  @Override
  public Integer call() throws CommandFailure {
    try (ServiceClient client = service.connect()) {
      ListBuildsResponse list =
          client.list(ListBuildsRequest.newBuilder().setRunningOnly(!all).build());
      if (service.isJson()) {
        json(list, System.out);
      } else {
        table(list, System.out);
      }
      return 0;
    } catch (StatusRuntimeException e) {
      throw ServiceClient.failure(e, service.host());
    }
  }

  private static void table(ListBuildsResponse list, PrintStream out) {
    out.print(ROW.formatted("BUILD", "STATE", "AGE", "OWNER", "CAUSE", "ENGINE", "IMAGE"));
    for (BuildInfo build : list.getBuildsList()) {
      Duration age = Duration.between(Words.instant(build.getStartedAt()), Instant.now());
      out.print(
          ROW.formatted(
              CleanText.of(build.getId()),
              Words.state(build),
              Words.age(age),
              orNone(build.getOwner()),
              orNone(Words.cause(build)),
              orNone(engine(build)),
              orNone(build.getRef())));
    }
    out.flush();
  }

  /** The service first, then one line for each build. */
  private void json(ListBuildsResponse list, PrintStream out) {
    Map<String, Object> first = new LinkedHashMap<>();
    first.put("kind", "service");
    first.put("host", service.host());
    first.put("engine", list.getEngine());
    out.println(JsonLine.of(first));
    for (BuildInfo build : list.getBuildsList()) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("kind", "build");
      members.putAll(JsonValues.of(build));
      out.println(JsonLine.of(members));
    }
    out.flush();
  }

  /** Just {@code buildah}: all else is the same for all builds, and in the JSON. */
  private static String engine(BuildInfo build) {
    return Words.engine(build).replaceFirst("^local: ", "").replaceFirst(" .*", "");
  }

  private static String orNone(String text) {
    String clean = CleanText.of(text).replace('\n', ' ').strip();
    return clean.isEmpty() ? "-" : clean;
  }
}
