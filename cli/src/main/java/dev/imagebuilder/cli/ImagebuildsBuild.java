package dev.imagebuilder.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.proto.builder.BuildRegistryAuth;
import dev.imagebuilder.proto.builder.BuildRegistryAuthTotal;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildStatus;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code image-builder imagebuilds build}: one build of a {@code BuildSource} (SPEC 2.1). */
@Command(
    name = "build",
    description = "Build a source and show the output.",
    footer = {
      "",
      "The image's reference goes to the standard output, all else to the standard error.",
      "examples/build.json is such a file."
    })
final class ImagebuildsBuild implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "A builder.BuildSource as JSON.")
  private Path file = Path.of("");

  @Option(names = "--force-rebuild", description = "Build even if the image is there.")
  private boolean force;

  @Option(names = "--censor", description = "Leave the images' references out of the output.")
  private boolean censor;

  @Mixin private ServiceOptions service = new ServiceOptions();

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    BuildRequest request = request(source(), force);
    try (ServiceClient client = service.connect()) {
      BuildResponse last = new Mk3Build(client.mk3(), System.err, censor).follow(request);
      if (last.getStatus() != BuildStatus.done_success) {
        throw CommandFailure.failed(CleanText.of(last.getMessage()).strip());
      }
      System.out.println(CleanText.of(last.getRef()));
      return 0;
    } catch (StatusRuntimeException e) {
      throw ServiceClient.failure(e, service.host());
    }
  }

  /** With all of the installation's logins, as operators ask. */
  static BuildRequest request(BuildSource source, boolean force) {
    BuildRegistryAuth.Builder auth =
        BuildRegistryAuth.newBuilder()
            .setTotal(BuildRegistryAuthTotal.newBuilder().setAllowAll(true));
    return BuildRequest.newBuilder().setSource(source).setAuth(auth).setForceRebuild(force).build();
  }

  private BuildSource source() throws CommandFailure {
    BuildSource.Builder source = BuildSource.newBuilder();
    try {
      JsonFormat.parser().merge(Files.readString(file), source);
      return source.build();
    } catch (NoSuchFileException _) {
      throw CommandFailure.usage("there is no file " + file);
    } catch (MalformedInputException _) {
      throw CommandFailure.usage(file + " is no text in UTF-8");
    } catch (InvalidProtocolBufferException e) {
      throw CommandFailure.usage(file + " is no builder.BuildSource as JSON: " + e.getMessage());
    } catch (IOException e) {
      throw CommandFailure.usage("cannot read " + file + ": " + e);
    }
  }
}
