package dev.imagebuilder.cli;

import dev.imagebuilder.core.Durations;
import dev.imagebuilder.proto.builder.BuildInfo;
import io.grpc.StatusRuntimeException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code image-builder list}: the builds that run now. */
@Command(name = "list", description = "List the builds that run now.")
final class ListCommand implements Callable<Integer> {

  @Mixin private ServiceOptions service = new ServiceOptions();

  @Override
  public Integer call() throws CommandFailure {
    try (ServiceClient client = service.connect()) {
      try {
        List<BuildInfo> builds = client.list();
        if (service.isJson()) {
          builds.forEach(build -> System.out.println(json(build)));
        } else {
          table(builds, System.out);
        }
        return 0;
      } catch (StatusRuntimeException e) {
        throw client.failure(e);
      }
    }
  }

  private static void table(List<BuildInfo> builds, PrintStream out) {
    out.printf("%-36s  %-10s  %s%n", "BUILD", "RUNNING", "IMAGE");
    for (BuildInfo build : builds) {
      Duration age = Duration.between(Instant.ofEpochSecond(build.getStartedAt()), Instant.now());
      out.printf(
          "%-36s  %-10s  %s%n",
          CleanText.of(build.getBuildId()),
          Durations.words(Duration.ofSeconds(Math.max(1, age.toSeconds()))),
          CleanText.of(build.getRef()));
    }
  }

  private static String json(BuildInfo build) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("build_id", build.getBuildId());
    members.put("status", build.getStatus().name());
    members.put("started_at", build.getStartedAt());
    members.put("ref", build.getRef());
    members.put("base_ref", build.getBaseRef());
    return JsonLine.of(members);
  }
}
