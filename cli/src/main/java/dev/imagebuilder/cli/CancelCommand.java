package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.cli.output.JsonLine;
import dev.imagebuilder.cli.output.JsonValues;
import dev.imagebuilder.cli.output.Words;
import dev.imagebuilder.proto.v1.BuildInfo;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code image-builder cancel}: ends a build, whoever started it. */
@Command(
    name = "cancel",
    description = "Ask for a build's end; does nothing to one that is over.",
    footer = {
      "",
      "Exit codes: 0 asked for, 1 no such build, 2 wrong arguments, 3 service not reachable."
    })
final class CancelCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "The build's id, as 'list' shows it.")
  private String id = "";

  @Mixin private ServiceOptions service = new ServiceOptions();

  @Override
  public Integer call() throws CommandFailure {
    try (ServiceClient client = service.connect()) {
      BuildInfo build = client.cancel(id, System.getProperty("user.name", ""));
      if (service.isJson()) {
        System.out.println(JsonLine.of(JsonValues.of(build)));
      } else {
        String what =
            build.hasOutcome()
                ? "is over: " + Words.state(build)
                : "is being cancelled; see its end with: image-builder logs -f " + build.getId();
        System.err.println(CleanText.of("build " + build.getId() + " " + what));
      }
      return 0;
    } catch (StatusRuntimeException e) {
      throw ServiceClient.failure(e, service.host());
    }
  }
}
