package dev.imagebuilder.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildSource.Dockerfile;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ImageNamesTest {
  private static final String D =
      "@sha256:839b30716e23e3ac46ed28d6f9fc0f77e3e7121a9b4b2833e8fb6ec4ec89b3bd";
  private static final String BASES = "eu.gcr.io/gitpod-core-dev/build/base-images";
  private final ImageNames names = new ImageNames(BASES, "registry/workspace");

  @Test
  @Tag("row-51")
  void workspaceHashesAreThoseOfMk3() {
    assertWorkspace(
        "source-image:latest", "2b1325adbf901167f47a914a62d377c98f1e32e0837dafb95ca86ca9d08ab14e");
    assertWorkspace(
        "docker.io/library/alpine" + D,
        "3f043dac305ae9fd2679ddeb6c88ba2f24e6aa89506998415d27c629ba8563f1");
    assertWorkspace(
        "some-internal-registry.customer.com:5000/gitpod/base-image" + D,
        "cba998300bce790d92bb4189b844f687294caa68ba119868e2435be0f669a18c");
    assertWorkspace("alpine", "5b14e09092eceb69a3ca7f270b36818df8a67b456c91b0158591fbfcfad64807");
    assertWorkspace("", "ac01d162df437d8a5943a8439e00c15b7294f28ac05e06421ee0bcd878f61079");
  }

  @Test
  @Tag("row-52")
  void baseHashesAreThoseOfMk3() {
    String commit = "0123456789abcdef0123456789abcdef01234567";
    assertBase(
        source(
            "good-workspace-image",
            ".",
            ".gitpod.dockerfile",
            "",
            "https://github.com/AlexTugarev/test.repo"),
        "3efd79682470adfce9a2d4ddbc1a96e0ef592d0ca0b7c4b3be932a108cb9a4d4",
        "1f25f4b5378de5b8ed40f7b7a90e4163051c3c5ea4a32e00ac2c92cdf61d9248");
    assertBase(
        source(commit, ".", "Dockerfile", commit, "https://github.com/acme/app.git"),
        "98dfd5a349e3a2e80019e1a17ea493db91cb61a8dc17a03edeceeb5ffd879e3e",
        "ef22cd8a9f100e571c09957ec8c0408205384ba15b1092d79fa4f19ea6543793");
    assertBase(
        source("main", "", "", "", ""),
        "006cfa86c41f4657dafe6eb17a547e73c1a6e46bc4e2fec040fbde115df2f2cc",
        "e3a1d09ddd0c87d92ceb4d2f8fc5e5229859c88f805d7756a8000cd53ae7f3ce");
    assertBase(
        source("main", "docker", "docker/Dockerfile", "v1", "https://example.com/ü.git"),
        "86cc485da7914a6af55de1b3ec71d966a5cf1dea4ae666963a2245ec4b816c5e",
        "fff64df814bb8d31453f9993c76ebb1891f1c75369e9d1e6f4ddc20d19a485bc");
    assertBase(
        source("a\nContextPath: x", "", "", "", ""),
        "33757f12f24fc87fc1c427721af1ba4ac40916880581524ebf6e35d3277e2cf5",
        "1320c7eae3f291b676177ec7e110812af4ab709491225c1d2338dc4cf7a239ff");
  }

  @Test
  @Tag("row-53")
  void pathsAreHashedAsTheyAreWritten() {
    List<String> refs =
        List.of("Dockerfile", "./Dockerfile", "/Dockerfile").stream()
            .map(path -> names.baseRef(source("main", "", path, "", "")))
            .toList();

    assertThat(refs).doesNotHaveDuplicates();
  }

  private void assertWorkspace(String baseRef, String hash) {
    assertThat(names.workspaceRef(baseRef)).isEqualTo("registry/workspace:" + hash);
  }

  private void assertBase(Dockerfile source, String hash, String workspaceHash) {
    assertThat(names.baseRef(source)).isEqualTo(BASES + ":" + hash);
    assertWorkspace(names.baseRef(source), workspaceHash);
  }

  private static Dockerfile source(
      String target, String context, String dockerfile, String version, String remote) {
    var git = new GitSource(remote, "", CloneMode.REMOTE_BRANCH, target, "", false, GitLogin.NONE);
    return new Dockerfile(git, version, dockerfile, context);
  }
}
