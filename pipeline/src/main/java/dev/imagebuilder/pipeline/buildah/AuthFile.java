package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.pipeline.PrivateFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * The credential for one pull in a file that Buildah reads: in memory where the machine has {@code
 * /dev/shm}, readable by us alone, gone when closed. RUN steps have a {@code /dev/shm} of their own
 * and run only after it is gone.
 *
 * @see "containers-auth.json(5): keys may name a repository"
 */
final class AuthFile implements AutoCloseable {
  private final PrivateFolder folder;

  private AuthFile(PrivateFolder folder) {
    this.folder = folder;
  }

  /** Writes the credential for one image's repository; an empty file if it is anonymous. */
  static AuthFile write(Path parent, String name, ImageReference image, Credential credential)
      throws IOException {
    Map<String, Map<String, String>> auths = new TreeMap<>();
    switch (credential) {
      case Credential.Anonymous() -> {}
      case Credential.Password(String user, var password) ->
          auths.put(
              image.repository().toString(), Map.of("auth", encoded(user, password.reveal())));
      case Credential.IdentityToken(var token) ->
          auths.put(
              image.repository().toString(),
              Map.of("auth", encoded("<token>", ""), "identitytoken", token.reveal()));
    }
    byte[] json = JsonMapper.shared().writeValueAsBytes(Map.of("auths", auths));
    var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    PrivateFolder folder = PrivateFolder.create(parent, name);
    try {
      Files.write(Files.createFile(folder.path().resolve("auth.json"), onlyUs), json);
      return new AuthFile(folder);
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  /** Where it is. */
  Path path() {
    return folder.path().resolve("auth.json");
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }

  private static String encoded(String user, String password) {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return Base64.getEncoder().encodeToString(both);
  }
}
