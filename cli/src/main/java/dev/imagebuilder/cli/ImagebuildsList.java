package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.cli.output.JsonLine;
import dev.imagebuilder.proto.builder.BuildInfo;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code image-builder imagebuilds list}: the running builds. */
@Command(name = "list", description = "List the builds that run now.")
final class ImagebuildsList implements Callable<Integer> {
  private static final String ROW = "%-36s  %-20s  %-12s  %s%n";

  @Mixin private ServiceOptions service = new ServiceOptions();

  @Override
  public Integer call() throws CommandFailure {
    try (ServiceClient client = service.connect()) {
      print(client.mk3().list());
      return 0;
    } catch (StatusRuntimeException e) {
      throw ServiceClient.failure(e, service.host());
    }
  }

  private void print(List<BuildInfo> builds) {
    if (!service.isJson()) {
      System.out.printf(ROW, "BUILD", "STARTED", "STATUS", "IMAGE");
    }
    for (BuildInfo build : builds) {
      if (service.isJson()) {
        System.out.println(JsonLine.of(members(build)));
      } else {
        System.out.printf(
            ROW,
            CleanText.of(build.getBuildId()),
            Instant.ofEpochSecond(build.getStartedAt()),
            build.getStatus(),
            CleanText.of(build.getRef()));
      }
    }
    System.out.flush();
  }

  /** Without {@code log_info}: its headers hold a token. */
  private static Map<String, Object> members(BuildInfo build) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("build_id", build.getBuildId());
    members.put("ref", build.getRef());
    members.put("base_ref", build.getBaseRef());
    members.put("status", build.getStatus().name());
    members.put("started_at", build.getStartedAt());
    return members;
  }
}
