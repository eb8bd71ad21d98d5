package dev.imagebuilder.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.testing.TlsFiles;
import dev.imagebuilder.testing.TlsFiles.Flaw;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configurations that cannot be used: the program says all that is wrong, and ends with 1. */
@Tag("row-122")
final class BrokenConfigurationIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir private Path folder;

  @Test
  void missingFileEndsTheStart() throws Exception {
    assertRefused(
        run(folder.resolve("nowhere.json")), "nowhere.json: cannot be read: no such file");
  }

  @Test
  void textThatIsNotJsonEndsTheStart() throws Exception {
    assertRefused(run(write("orchestrator: yaml")), "not JSON", "line 1");
  }

  @Test
  void missingAndWrongKeysAreAllListed() throws Exception {
    assertRefused(
        run(write("{\"orchestrator\": {\"buildTimeout\": 5, \"wsman\": []}, \"server\": 1}")),
        "orchestrator.buildTimeout: expected a duration",
        "orchestrator.wsman: expected an object, found []",
        "orchestrator.baseImageRepository: missing",
        "orchestrator.workspaceImageRepository: missing",
        "server: expected an object, found 1");
  }

  @Test
  @Tag("row-60")
  void filesThatCannotBeUsedAreListedWithAllElse() throws Exception {
    TlsFiles.make(folder);
    TlsFiles.issue(folder, "good");
    TlsFiles.issue(folder, "old", Flaw.EXPIRED);
    Files.writeString(folder.resolve("pull.json"), "{\"auths\": [\"not a docker config\"]}");
    Files.writeString(folder.resolve("text.pem"), "hello");

    Path file =
        write(
            """
            {"orchestrator": {
               "wsman": {"address": "w:1", "tls":
                 {"ca": "FOLDER/text.pem", "crt": "FOLDER/good.crt", "key": "FOLDER/old.key"}},
               "builderImage": "reg.example/bob:v1", "pullSecret": "s",
               "pullSecretFile": "FOLDER/pull.json",
               "baseImageRepository": "reg.example/base:tag",
               "workspaceImageRepository": "reg.example/ws"},
             "registries": {"reg.example": {"ca": "FOLDER/nowhere.pem"}},
             "server": {"services": {"grpc": {"address": ":0", "tls":
               {"caPath": "FOLDER/authority.pem", "certPath": "FOLDER/old.crt",
                "keyPath": "FOLDER/none.key"}}}}}
            """
                .replace("FOLDER", folder.toString()));

    assertRefused(
        run(file),
        "orchestrator.baseImageRepository: expected a repository without tag",
        "orchestrator.wsman.tls: certificates " + folder + "/text.pem: no certificate in PEM form",
        "orchestrator.wsman.tls: key " + folder + "/old.key: does not belong to the certificate",
        "server.services.grpc.tls: certificate " + folder + "/old.crt: expired",
        "server.services.grpc.tls: key " + folder + "/none.key: no such file",
        "orchestrator.pullSecretFile: docker config " + folder + "/pull.json:",
        "registries.reg.example.ca: certificates " + folder + "/nowhere.pem: no such file");
  }

  private static void assertRefused(Program.Result result, String... faults) {
    assertThat(result.code()).as(result.all()).isEqualTo(1);
    assertThat(result.err()).contains(faults).doesNotContain("Exception");
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("config.json"), text);
  }

  private Program.Result run(Path config) throws Exception {
    return Program.run(folder, LIMIT, "run", "--config", config.toString());
  }
}
