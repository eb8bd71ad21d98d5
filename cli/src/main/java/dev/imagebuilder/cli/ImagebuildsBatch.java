package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.cli.output.JsonLine;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildStatus;
import io.grpc.StatusRuntimeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code image-builder imagebuilds build-batch}: starts a build for each base image. */
@Command(
    name = "build-batch",
    description = "Start the build of each base image that the standard input names, one a line.",
    footer = {
      "",
      "Does not wait for the builds: what was started goes on. Prints what each reference has come"
          + " to: running, done_success (the image is there) or done_failure.",
      "Exit codes: 0 all are there or run, 1 some failed, 2 wrong arguments."
    })
final class ImagebuildsBatch implements Callable<Integer> {

  @Option(names = "--force-rebuild", description = "Build even if the image is there.")
  private boolean force;

  @Option(
      names = "--time-between-builds",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Wait so long between two builds.")
  private int secondsBetween;

  @Mixin private ServiceOptions service = new ServiceOptions();

  private final AtomicInteger failures = new AtomicInteger();

  @Override
  public Integer call() throws CommandFailure, InterruptedException, IOException {
    if (secondsBetween < 0) {
      throw CommandFailure.usage("--time-between-builds cannot be negative");
    }
    try (ServiceClient client = service.connect();
        ExecutorService starts = Executors.newVirtualThreadPerTaskExecutor()) {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String reference = line.strip();
        if (!reference.isEmpty()) {
          starts.execute(() -> start(client, reference));
          TimeUnit.SECONDS.sleep(secondsBetween);
        }
      }
    }
    return failures.get() == 0 ? 0 : CommandFailure.FAILED;
  }

  private void start(ServiceClient client, String reference) {
    BuildSource source = SourceMapping.image(new Source.Image(reference));
    BuildRequest request = ImagebuildsBuild.request(source, force);
    try (Answers<BuildRequest, BuildResponse> answers = client.mk3().build(request)) {
      BuildResponse first = answers.next().orElse(BuildResponse.getDefaultInstance());
      tell(reference, first.getStatus(), first.getRef(), first.getMessage());
    } catch (StatusRuntimeException e) {
      String fault = String.valueOf(client.failure(e).getMessage());
      tell(reference, BuildStatus.done_failure, "", fault);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(String reference, BuildStatus status, String image, String message) {
    boolean isGood = status == BuildStatus.running || status == BuildStatus.done_success;
    if (!isGood) {
      failures.incrementAndGet();
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("base", reference);
    members.put("status", status.name());
    members.put("ref", image);
    members.put("message", message);
    String line =
        service.isJson()
            ? JsonLine.of(members)
            : CleanText.of(reference + "  " + status + "  " + (isGood ? image : message)).strip();
    System.out.println(line);
  }
}
