package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.testing.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real programs, good and bad. */
final class CredentialHelperIT {
  private static final String GOOD =
      "read server; echo"
          + " '{\"ServerURL\":\"'$server'\",\"Username\":\"me\",\"Secret\":\"of-'$server'\"}'";

  @TempDir private Path folder;
  private HelperScripts scripts = new HelperScripts(Path.of("/"));

  @BeforeEach
  void writeInto() {
    scripts = new HelperScripts(folder);
  }

  @Test
  @Tag("row-61")
  void aHelperIsAskedForAServer() throws Exception {
    scripts.write("good", "test \"$1\" = get || exit 3\n" + GOOD);

    assertThat(scripts.helper().find("good", "reg.io:5000"))
        .isEqualTo(new Credential.Password("me", Secret.of("of-reg.io:5000")));
  }

  @Test
  void aTokenIsKnownByItsUser() throws Exception {
    scripts.write("token", "cat >/dev/null; echo '{\"Username\":\"<token>\",\"Secret\":\"tok\"}'");

    assertThat(scripts.helper().find("token", "reg.io"))
        .isEqualTo(new Credential.IdentityToken(Secret.of("tok")));
  }

  @Test
  void whoIsNotKnownIsAnonymous() throws Exception {
    scripts.write("none", "echo 'credentials not found in native keychain'; exit 1");
    scripts.write("empty", "echo '{\"Username\":\"\",\"Secret\":\"\"}'");

    assertThat(scripts.helper().find("none", "reg.io")).isEqualTo(Credential.anonymous());
    assertThat(scripts.helper().find("empty", "reg.io")).isEqualTo(Credential.anonymous());
  }

  @Test
  @Tag("row-61")
  void aFailureSaysWhatTheHelperSaid() throws Exception {
    scripts.write("failing", "echo 'the \033[31mkeychain is locked'; exit 7");

    assertFault("failing", "docker-credential-failing failed with 7: the  [31mkeychain is locked");
  }

  @Test
  void aFailureAfterTheSecretWasPrintedShowsNothing() throws Exception {
    scripts.write("late", GOOD + "; exit 1");

    assertThat(assertFault("late", "docker-credential-late failed with 1"))
        .hasMessageNotContaining("of-reg.io");
  }

  @Test
  void garbageIsNoAnswer() throws Exception {
    scripts.write("garbage", "head -c 200 /bin/sh");
    scripts.write("endless", "yes secret");

    assertFault("garbage", "docker-credential-garbage answered no JSON");
    assertThat(assertFault("endless", "docker-credential-endless"))
        .hasMessageNotContaining("secret");
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertFault("absent", "docker-credential-absent cannot be run: is it on the PATH?");
  }

  @Test
  void onlyNamesOfProgramsAreNames() throws Exception {
    scripts.write("good", GOOD);

    for (String name : List.of("", "../good", "/bin/sh", "a b", "-x", "x\0", "n".repeat(65))) {
      assertFault(name, "is not the name of a credential helper");
    }
  }

  @Test
  void aHelperThatHangsIsEndedWithItsChildren() throws Exception {
    scripts.write(
        "hanging", "sleep 600 & echo $! > " + folder.resolve("child") + "; cat >/dev/null; wait");
    CredentialHelper helper = scripts.helper(Duration.ofSeconds(1), new TurnedClock());
    long start = System.nanoTime();

    assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> helper.find("hanging", "reg.io"))
        .withMessage("docker-credential-hanging did not answer within 1 s");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    long child = Long.parseLong(Files.readString(folder.resolve("child")).strip());
    Eventually.eventually(
        Duration.ofSeconds(5),
        () -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void aChildThatKeepsThePipeOpenDoesNotHoldUs() throws Exception {
    scripts.write("daemon", "sleep 600 & echo $! > " + folder.resolve("child") + "; " + GOOD);
    CredentialHelper helper = scripts.helper(Duration.ofSeconds(1), new TurnedClock());
    long start = System.nanoTime();

    // Whether its answer is still seen is the JDK's choice.
    @Nullable Throwable thrown = catchThrowable(() -> helper.find("daemon", "reg.io"));

    assertThat(thrown).matches(e -> e == null || e instanceof CredentialException);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("child")).strip()))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void aHelperThatDoesNotReadIsNoFault() throws Exception {
    scripts.write("deaf", "exec <&-; echo '{\"Username\":\"u\",\"Secret\":\"s\"}'");

    assertThat(scripts.helper().find("deaf", "r".repeat(200_000)))
        .isEqualTo(new Credential.Password("u", Secret.of("s")));
  }

  @Test
  void anAnswerIsRememberedForAMoment() throws Exception {
    scripts.writeCounted("good", GOOD);
    TurnedClock clock = new TurnedClock();
    CredentialHelper helper = scripts.helper(Duration.ofSeconds(20), clock);

    helper.find("good", "reg.io");
    clock.turn(Duration.ofSeconds(29));
    helper.find("good", "reg.io");
    assertThat(scripts.calls()).isEqualTo(1);

    helper.find("good", "other.io");
    assertThat(scripts.calls()).isEqualTo(2);
    clock.turn(Duration.ofSeconds(2));
    helper.find("good", "reg.io");
    assertThat(scripts.calls()).isEqualTo(3);
  }

  @Test
  void aFailureIsNotRemembered() throws Exception {
    scripts.writeCounted("failing", "exit 1");
    CredentialHelper helper = scripts.helper();

    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(CredentialException.class)
          .isThrownBy(() -> helper.find("failing", "reg.io"));
    }

    assertThat(scripts.calls()).isEqualTo(2);
  }

  @Test
  void manyWhoAskAtOnceRunItOnce() throws Exception {
    scripts.writeCounted("slow", "sleep 0.5; " + GOOD);
    CredentialHelper helper = scripts.helper();

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Credential>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(threads.submit(() -> helper.find("slow", "reg.io")));
      }
      for (Future<Credential> one : all) {
        assertThat(one.get(10, TimeUnit.SECONDS).isPresent()).isTrue();
      }
    }

    assertThat(scripts.calls()).isEqualTo(1);
  }

  @Test
  @Tag("row-61")
  void aConfigurationNamesItsHelpers() throws Exception {
    scripts.write("good", GOOD);
    scripts.write("none", "echo 'credentials not found in native keychain'; exit 1");
    Path file = folder.resolve("config.json");
    Files.writeString(
        file,
        "{\"credHelpers\":{\"reg.io\":\"good\"},\"credsStore\":\"none\","
            + "\"auths\":{\"reg.io\":{\"username\":\"u\",\"password\":\"p\"}}}");

    try (DockerConfig config = DockerConfig.ofInstallation(file, scripts.helper())) {
      assertThat(config.find("reg.io"))
          .isEqualTo(new Credential.Password("me", Secret.of("of-reg.io")));
      assertThat(config.find("other.io")).isEqualTo(Credential.anonymous());
    }
  }

  @Test
  void dockerHubIsAskedForByTheNameThatDockerUses() throws Exception {
    scripts.write("good", GOOD);
    Path file = folder.resolve("config.json");
    Files.writeString(file, "{\"credsStore\":\"good\"}");

    try (DockerConfig config = DockerConfig.ofUser(file, scripts.helper())) {
      assertThat(config.find("docker.io"))
          .isEqualTo(new Credential.Password("me", Secret.of("of-https://index.docker.io/v1/")));
    }
  }

  @Test
  void aHelperForDockerHubCountsBeforeTheStore() throws Exception {
    scripts.write("good", GOOD);
    scripts.write("store", "exit 9");
    Path file = folder.resolve("config.json");
    Files.writeString(file, "{\"credsStore\":\"store\",\"credHelpers\":{\"docker.io\":\"good\"}}");

    try (DockerConfig config = DockerConfig.ofUser(file, scripts.helper())) {
      assertThat(config.find("docker.io"))
          .isEqualTo(new Credential.Password("me", Secret.of("of-docker.io")));
    }
  }

  private CredentialException assertFault(String helper, String why) {
    return assertThatExceptionOfType(CredentialException.class)
        .as(helper)
        .isThrownBy(() -> scripts.helper().find(helper, "reg.io"))
        .withMessageContaining(why)
        .actual();
  }
}
