package dev.imagebuilder.buildkit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DaemonConfigTest {
  private static final DaemonConfig.Steps HOST = new DaemonConfig.Steps("/group", Optional.empty());
  private static final OwnBuildkitdOptions OPTIONS =
      OwnBuildkitdOptions.defaults(Path.of("/w"), Map.of());

  @Test
  void registriesAreReachedAsConfigured() {
    String config =
        config(
            OPTIONS.withRegistries(
                Map.of(
                    "plain.example:5000", new RegistryHost(true, null, List.of()),
                    "tls.example", new RegistryHost(false, Path.of("/ca.pem"), List.of("m:1")))));

    assertThat(config)
        .contains(
            "[registry.\"plain.example:5000\"]\nhttp = true\n",
            "[registry.\"tls.example\"]\nca = [\"/ca.pem\"]\nmirrors = [\"m:1\"]\n");
  }

  @Test
  void noFrontendAllowedMeansNone() {
    assertThat(config(OPTIONS)).contains("allowedRepositories = [\"docker.io/docker/dockerfile\"]");
    assertThat(config(OPTIONS.withFrontends(Set.of())))
        .contains("[frontend.\"gateway.v0\"]\nenabled = false\n");
  }

  @Test
  void stepsAreWhereTheyAreSaidToBe() {
    var cni = new DaemonConfig.Cni(Path.of("/w/c"), Path.of("/usr/lib/cni"));

    assertThat(config(OPTIONS)).contains("networkMode = \"host\"", "\"/group\"");
    assertThat(
            DaemonConfig.of(
                OPTIONS,
                Path.of("/root"),
                Path.of("/run/s"),
                new DaemonConfig.Steps("/group", Optional.of(cni))))
        .contains("networkMode = \"cni\"", "cniConfigPath = \"/w/c\"")
        .contains("cniBinaryPath = \"/usr/lib/cni\"");
  }

  @Test
  void oddPathsAreQuoted() {
    String config = DaemonConfig.of(OPTIONS, Path.of("/a \"b\"\\c\nd"), Path.of("/run/s"), HOST);

    assertThat(config).startsWith("root = \"/a \\\"b\\\"\\\\c\\u000ad\"\n");
  }

  private static String config(OwnBuildkitdOptions options) {
    return DaemonConfig.of(options, Path.of("/root"), Path.of("/run/s"), HOST);
  }
}
