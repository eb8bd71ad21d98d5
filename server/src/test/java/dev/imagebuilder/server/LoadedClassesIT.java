package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is switched off costs no class. */
final class LoadedClassesIT {
  private static final String AWS = "software.amazon.awssdk.";

  @TempDir private Path folder;

  @Test
  void withoutEcrNothingOfAwsIsLoaded() throws Exception {
    assertThat(loaded("false"))
        .anyMatch(line -> line.contains("dev.imagebuilder.server.Wiring"))
        .noneMatch(line -> line.contains(AWS))
        .noneMatch(line -> line.contains("dev.imagebuilder.ecr."));
    assertThat(loaded("true")).anyMatch(line -> line.contains(AWS));
  }

  private List<String> loaded(String ecr) throws Exception {
    String json =
        TestService.config()
            .replace(
                "\"backend\": \"local\"",
                "\"enableAdditionalECRAuth\": "
                    + ecr
                    + ", \"wsman\": {\"address\": \"127.0.0.1:1\"}, \"pullSecret\": \"pull\","
                    + " \"builderImage\": \"reg.example/bob:v1\"");
    Path list = folder.resolve(ecr);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load:file=" + list,
                "-cp",
                System.getProperty("java.class.path"),
                Starting.class.getName(),
                json)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    try {
      assertThat(process.waitFor(Duration.ofMinutes(2))).isTrue();
      assertThat(process.exitValue()).as(Files.readString(folder.resolve("out"))).isZero();
      return Files.readAllLines(list);
    } finally {
      process.destroyForcibly();
    }
  }
}
