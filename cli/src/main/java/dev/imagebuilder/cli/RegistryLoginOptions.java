package dev.imagebuilder.cli;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.proto.builder.BuildRegistryAuth;
import dev.imagebuilder.proto.builder.BuildRegistryAuthTotal;
import dev.imagebuilder.registry.DockerConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * With which registry logins a request is made: all of the installation's, and of the user's own no
 * more than the request needs. For an image that is the one of its registry. A Dockerfile may name
 * any registry, and who wrote it may not be who builds it, so there the user names them.
 */
final class RegistryLoginOptions {

  @Option(
      names = "--login",
      paramLabel = "REGISTRY",
      description = {
        "Let the build use my Docker login for this registry, for private images that a Dockerfile"
            + " names; may be repeated. An image's own registry needs no --login."
      })
  private List<String> wanted = new ArrayList<>();

  /**
   * The logins for a request, by registry.
   *
   * @throws CommandFailure if a login that was asked for is not there, or must not be sent
   */
  Map<String, Credential.Password> logins(Source source, ServiceOptions service)
      throws CommandFailure {
    Map<String, Credential.Password> found = new LinkedHashMap<>();
    Path file = dockerConfig();
    try (DockerConfig logins = DockerConfig.ofUser(file)) {
      for (String registry : wanted) {
        if (!logins.find(registry).isPresent()) {
          throw CommandFailure.usage(
              "--login " + registry + ": " + file + " has no login for it (docker login?)");
        }
        found.put(registry, sendable(registry, logins.find(registry), service));
      }
      if (source instanceof Source.Image(var reference)) {
        String registry = ImageReference.parse(reference).domain();
        own(registry, logins, service).ifPresent(login -> found.put(registry, login));
      }
    } catch (CredentialException e) {
      throw CommandFailure.failed(String.valueOf(e.getMessage()));
    }
    return found;
  }

  /** The same as mk3's API has them. */
  BuildRegistryAuth auth(Source source, ServiceOptions service) throws CommandFailure {
    BuildRegistryAuth.Builder auth =
        BuildRegistryAuth.newBuilder()
            .setTotal(BuildRegistryAuthTotal.newBuilder().setAllowAll(true));
    logins(source, service)
        .forEach((registry, login) -> auth.putAdditional(registry, encoded(login)));
    return auth.build();
  }

  private static Optional<Credential.Password> own(
      String registry, DockerConfig logins, ServiceOptions service) throws CredentialException {
    Credential found = logins.find(registry);
    if (!found.isPresent()) {
      return Optional.empty();
    }
    try {
      return Optional.of(sendable(registry, found, service));
    } catch (CommandFailure e) {
      System.err.println("image-builder: going on without: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static String encoded(Credential.Password login) {
    String pair = login.username() + ":" + login.password().reveal();
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static Credential.Password sendable(
      String registry, Credential found, ServiceOptions service) throws CommandFailure {
    if (service.isOpenToOthers()) {
      throw CommandFailure.usage(
          "the login for "
              + registry
              + " is not sent: the connection to "
              + service.host()
              + " is not encrypted; use --tls-path");
    }
    // The API splits user:secret at the last colon (SPEC 5.3).
    if (found instanceof Credential.Password login && !login.password().reveal().contains(":")) {
      return login;
    }
    throw CommandFailure.usage(
        "the login for "
            + registry
            + " cannot be sent: the API takes a user and a password without a colon");
  }

  private static Path dockerConfig() {
    Path folder =
        Optional.ofNullable(System.getenv("DOCKER_CONFIG"))
            .filter(text -> !text.isEmpty())
            .map(Path::of)
            .orElse(Path.of(System.getProperty("user.home"), ".docker"));
    return folder.resolve("config.json");
  }
}
