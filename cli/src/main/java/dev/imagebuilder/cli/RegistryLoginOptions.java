package dev.imagebuilder.cli;

import dev.imagebuilder.proto.builder.BuildRegistryAuth;
import dev.imagebuilder.proto.builder.BuildRegistryAuthTotal;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** With which registry logins a request is made. */
final class RegistryLoginOptions {

  @Option(
      names = "--login",
      paramLabel = "REGISTRY",
      description = {
        "Send only my Docker login for this registry; may be repeated. Without it: for an image"
            + " that of its registry, for a Dockerfile all."
      })
  private List<String> only = new ArrayList<>();

  /** All of the installation's logins, and the user's own where they are needed. */
  BuildRegistryAuth auth(Source source, ServiceOptions service) throws CommandFailure {
    return BuildRegistryAuth.newBuilder()
        .setTotal(BuildRegistryAuthTotal.newBuilder().setAllowAll(true))
        .build();
  }
}
