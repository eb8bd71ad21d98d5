package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SPEC 5.1. */
final class DockerConfigTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @TempDir private Path folder;

  @Test
  @Tag("row-58")
  void aSymlinkSwapIsSeen() throws Exception {
    Path file = mounted("one", "reg.io", "old");

    try (DockerConfig config = DockerConfig.ofInstallation(file)) {
      assertThat(config.find("reg.io")).isEqualTo(password("old"));

      swap("two", "reg.io", "new");

      Eventually.eventually(
          SOON, () -> assertThat(config.find("reg.io")).isEqualTo(password("new")));
    }
  }

  @Test
  @Tag("row-59")
  void aBrokenReplacementLeavesTheOldInForce() throws Exception {
    Path file = mounted("one", "reg.io", "old");

    try (DockerConfig config = DockerConfig.ofInstallation(file)) {
      swapText("two", "{\"auths\":");
      swapText("three", "{\"auths\":{\"reg.io\":{\"auth\":\"bad\"}}}");
      assertThat(config.find("reg.io")).isEqualTo(password("old"));

      swap("four", "reg.io", "new");

      Eventually.eventually(
          SOON, () -> assertThat(config.find("reg.io")).isEqualTo(password("new")));
    }
  }

  @Test
  @Tag("row-59")
  void aFileThatVanishesLeavesTheOldInForce() throws Exception {
    Path file = write("config.json", json("reg.io", "old"));

    try (DockerConfig config = DockerConfig.ofInstallation(file)) {
      Files.delete(file);
      assertThat(config.find("reg.io")).isEqualTo(password("old"));

      write("new.json", json("reg.io", "new"));
      Files.move(folder.resolve("new.json"), file, StandardCopyOption.ATOMIC_MOVE);

      Eventually.eventually(
          SOON, () -> assertThat(config.find("reg.io")).isEqualTo(password("new")));
    }
  }

  @Test
  void whatWasReadLastStaysInForceAfterClosing() throws Exception {
    DockerConfig config = DockerConfig.ofInstallation(mounted("one", "reg.io", "old"));

    config.close();

    assertThat(config.find("reg.io")).isEqualTo(password("old"));
  }

  @Test
  @Tag("row-60")
  void theInstallationsFileMustBeThereAndGood() throws IOException {
    Path absent = folder.resolve("absent.json");
    assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> DockerConfig.ofInstallation(absent))
        .withMessage("docker config " + absent + ": no such file");

    Path bad = write("bad.json", "{\"auths\":[]}");
    assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> DockerConfig.ofInstallation(bad))
        .withMessage("docker config " + bad + ": auths is not an object");

    Path nowhere = folder.resolve("no/folder/config.json");
    assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> DockerConfig.ofInstallation(nowhere))
        .withMessageContaining("its folder cannot be watched");
  }

  @Test
  void aUserNeedNotHaveAFile() throws Exception {
    try (DockerConfig config = DockerConfig.ofUser(folder.resolve("no/config.json"))) {
      assertThat(config.find("reg.io")).isEqualTo(Credential.anonymous());
    }
  }

  @Test
  @Tag("row-57")
  void dockerHubsOldNamesCountForUsersOnly() throws Exception {
    for (String key :
        new String[] {"https://index.docker.io/v1/", "index.docker.io", "docker.io"}) {
      Path file = write("config.json", json(key, "pw"));

      try (DockerConfig user = DockerConfig.ofUser(file);
          DockerConfig installation = DockerConfig.ofInstallation(file)) {
        assertThat(user.find("docker.io")).as(key).isEqualTo(password("pw"));
        assertThat(installation.find("docker.io").isPresent())
            .as(key)
            .isEqualTo(key.equals("docker.io"));
      }
    }
  }

  @Test
  @Tag("row-57")
  void hostsKeepTheirPort() throws Exception {
    Path file = write("config.json", json("reg.io:5000", "pw"));

    try (DockerConfig config = DockerConfig.ofInstallation(file)) {
      assertThat(config.find("reg.io:5000")).isEqualTo(password("pw"));
      assertThat(config.find("reg.io")).isEqualTo(Credential.anonymous());
      assertThat(config.find("reg.io:5001")).isEqualTo(Credential.anonymous());
    }
  }

  @Test
  void aUsersFileIsWhereDockerKeepsIt() {
    assertThat(DockerConfig.userFile(Map.of("HOME", "/home/me")))
        .isEqualTo(Path.of("/home/me/.docker/config.json"));
    assertThat(DockerConfig.userFile(Map.of("HOME", "/home/me", "DOCKER_CONFIG", "/etc/d")))
        .isEqualTo(Path.of("/etc/d/config.json"));
  }

  /** As Kubernetes mounts a secret: the file is a link through a link that is replaced. */
  private Path mounted(String version, String domain, String password) throws IOException {
    swap(version, domain, password);
    return Files.createSymbolicLink(
        folder.resolve("config.json"), Path.of("..data").resolve("config.json"));
  }

  private void swap(String version, String domain, String password) throws IOException {
    swapText(version, json(domain, password));
  }

  private void swapText(String version, String text) throws IOException {
    Files.writeString(Files.createDirectory(folder.resolve(version)).resolve("config.json"), text);
    Path link = Files.createSymbolicLink(folder.resolve("..tmp"), Path.of(version));
    Files.move(link, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String json(String domain, String password) {
    return "{\"auths\":{\"%s\":{\"username\":\"me\",\"password\":\"%s\"}}}"
        .formatted(domain, password);
  }

  private static Credential password(String password) {
    return new Credential.Password("me", Secret.of(password));
  }
}
