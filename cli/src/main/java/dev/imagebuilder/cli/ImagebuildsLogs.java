package dev.imagebuilder.cli;

import dev.imagebuilder.proto.builder.LogsRequest;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code image-builder imagebuilds logs}: a running build's output. */
@Command(name = "logs", description = "Show a running build's output until it ends.")
final class ImagebuildsLogs implements Callable<Integer> {

  @Parameters(
      paramLabel = "REF|ID",
      description = "The reference of the image that is built, or the build's id.")
  private String build = "";

  @Option(
      names = "--censor",
      description = "Leave the images' references out, where the service asks (ours and mk3 do).")
  private boolean censor;

  @Mixin private ServiceOptions service = new ServiceOptions();

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    LogsRequest.Builder request = LogsRequest.newBuilder().setCensored(censor);
    if (build.contains("/")) {
      request.setBuildRef(build);
    } else {
      request.setBuildId(build);
    }
    try (ServiceClient client = service.connect()) {
      new Mk3Log(client.mk3(), System.out).copy(request.build());
      return 0;
    } catch (StatusRuntimeException e) {
      throw ServiceClient.failure(e, service.host());
    }
  }
}
