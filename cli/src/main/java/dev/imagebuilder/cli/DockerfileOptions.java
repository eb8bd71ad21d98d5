package dev.imagebuilder.cli;

import com.google.protobuf.ByteString;
import dev.imagebuilder.proto.v1.DockerfileWishes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a build may say about its Dockerfile, in the words of {@code docker build}. */
final class DockerfileOptions {

  @Option(names = "--target", paramLabel = "STAGE", description = "The last stage to build.")
  private String target = "";

  @Option(
      names = "--build-arg",
      paramLabel = "NAME[=VALUE]",
      description =
          "A value for an ARG of the Dockerfile; without =VALUE that of the environment variable."
              + " May be repeated. Not for secrets: it ends up in the image's history.")
  private List<String> buildArgs = new ArrayList<>();

  @Option(
      names = "--label",
      paramLabel = "NAME=VALUE",
      description = "A label for the image; may be repeated.")
  private List<String> labels = new ArrayList<>();

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      description = "What the image is for, such as linux/arm64; default: the service's machine.")
  private String platform = "";

  @Option(
      names = "--secret",
      paramLabel = "id=ID[,src=FILE|,env=NAME]",
      description =
          "A secret for RUN --mount=type=secret: a file's content or an environment variable's;"
              + " without either the variable ID. May be repeated.")
  private List<String> secrets = new ArrayList<>();

  /** True if anything is said, which an image that exists has no use for. */
  boolean isGiven() {
    return !wishesWithoutSecrets(Map.of()).equals(DockerfileWishes.getDefaultInstance())
        || !buildArgs.isEmpty()
        || !secrets.isEmpty();
  }

  /**
   * All of it.
   *
   * @param environment where arguments and secrets may come from
   * @throws CommandFailure if something is malformed, or a secret is not there or must not be sent
   */
  DockerfileWishes wishes(Map<String, String> environment, ServiceOptions service)
      throws CommandFailure {
    for (String label : labels) {
      if (label.indexOf('=') < 1) {
        throw CommandFailure.usage("--label " + label + ": say NAME=VALUE");
      }
    }
    DockerfileWishes.Builder wishes = wishesWithoutSecrets(environment).toBuilder();
    if (!secrets.isEmpty() && service.isOpenToOthers()) {
      throw CommandFailure.usage(
          "the connection to "
              + service.host()
              + " is not encrypted, so secrets are not sent over it; use --tls-path");
    }
    for (String text : secrets) {
      SecretOption secret = SecretOption.parse(text);
      ByteString content = secret.content(environment);
      wishes.putSecrets(secret.id(), content);
    }
    return wishes.build();
  }

  private DockerfileWishes wishesWithoutSecrets(Map<String, String> environment) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String argument : buildArgs) {
      int equals = argument.indexOf('=');
      if (equals >= 0) {
        arguments.put(argument.substring(0, equals), argument.substring(equals + 1));
      } else {
        // Docker does the same: what is not set is not said.
        Optional.ofNullable(environment.get(argument))
            .ifPresent(value -> arguments.put(argument, value));
      }
    }
    Map<String, String> named = new LinkedHashMap<>();
    for (String label : labels) {
      int equals = Math.max(0, label.indexOf('='));
      named.put(label.substring(0, equals), label.substring(Math.min(label.length(), equals + 1)));
    }
    return DockerfileWishes.newBuilder()
        .setTarget(target)
        .putAllBuildArgs(arguments)
        .putAllLabels(named)
        .setPlatform(platform)
        .build();
  }
}
