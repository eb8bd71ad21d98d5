package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.cli.output.JsonLine;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ResolveBaseImageRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageResponse;
import io.grpc.StatusRuntimeException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code image-builder resolve}: what a source stands for, without building anything. */
@Command(
    name = "resolve",
    description = "Say what a reference or a source stands for, without building anything.",
    subcommands = {ResolveCommand.BaseImage.class, ResolveCommand.WorkspaceImage.class})
final class ResolveCommand {

  /** {@code resolve base-image REF}. */
  @Command(name = "base-image", description = "Turn an image reference into its digest form.")
  static final class BaseImage implements Callable<Integer> {

    @Parameters(paramLabel = "REF", description = "An image reference.")
    private String reference = "";

    @Mixin private RegistryLoginOptions logins = new RegistryLoginOptions();
    @Mixin private ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() throws CommandFailure {
      ResolveBaseImageRequest request =
          ResolveBaseImageRequest.newBuilder()
              .setRef(reference)
              .setAuth(logins.auth(new Source.Image(reference), service))
              .setUseRetryClient(true)
              .build();
      try (ServiceClient client = service.connect()) {
        try {
          String ref = client.mk3().resolveBaseImage(request);
          System.out.println(
              service.isJson() ? JsonLine.of(Map.of("ref", ref)) : CleanText.of(ref));
          return 0;
        } catch (StatusRuntimeException e) {
          throw client.failure(e);
        }
      }
    }
  }

  /** {@code resolve workspace-image SOURCE}. */
  @Command(
      name = "workspace-image",
      description = "Say where a source's workspace image is, and whether it is there.")
  static final class WorkspaceImage implements Callable<Integer> {

    @Mixin private SourceOptions source = new SourceOptions();
    @Mixin private RegistryLoginOptions logins = new RegistryLoginOptions();
    @Mixin private ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() throws CommandFailure {
      ResolveWorkspaceImageRequest request =
          ResolveWorkspaceImageRequest.newBuilder()
              .setSource(source.message(service))
              .setAuth(logins.auth(source.parsed(), service))
              .setUseRetryClient(true)
              .build();
      try (ServiceClient client = service.connect()) {
        try {
          print(client.mk3().resolveWorkspaceImage(request));
          return 0;
        } catch (StatusRuntimeException e) {
          throw client.failure(e);
        }
      }
    }

    private void print(ResolveWorkspaceImageResponse answer) {
      String state =
          switch (answer.getStatus()) {
            case BuildStatus.done_success -> "there";
            case BuildStatus.running -> "being built";
            default -> "not there";
          };
      if (service.isJson()) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("ref", answer.getRef());
        members.put("base_ref", answer.getBaseRef());
        members.put("status", answer.getStatus().name());
        System.out.println(JsonLine.of(members));
      } else {
        System.out.println(CleanText.of(answer.getRef()));
        System.err.println(state);
      }
    }
  }
}
