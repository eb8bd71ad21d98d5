package dev.imagebuilder.pipeline.buildah;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuildahFilesTest {
  private static final ImageReference IMAGE = ImageReference.parse("reg.example:5000/a/b:1");

  @TempDir private Path folder;

  @Test
  void authFileIsForOneRepositoryAndItsReaderAlone() throws Exception {
    Path path;
    try (AuthFile auth =
        AuthFile.write(folder, "x", IMAGE, new Credential.Password("u", Secret.of("p:w")))) {
      path = auth.path();
      assertThat(path).hasContent("{\"auths\":{\"reg.example:5000/a/b\":{\"auth\":\"dTpwOnc=\"}}}");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void anonymousAuthFileIsEmpty() throws Exception {
    try (AuthFile auth = AuthFile.write(folder, "x", IMAGE, Credential.anonymous())) {
      assertThat(auth.path()).hasContent("{\"auths\":{}}");
    }
  }

  @Test
  void optionsPrintNoProxyPassword() {
    var options =
        new BuildahOptions(
            folder,
            StepNetwork.HOST,
            Set.of(),
            List.of(),
            1,
            Duration.ofHours(1),
            Map.of("HTTPS_PROXY", "http://u:secret@proxy"));

    assertThat(options.toString()).contains("HTTPS_PROXY").doesNotContain("secret");
  }

  @Test
  void layoutHasOciTypesAndTheSameConfiguration() throws Exception {
    byte[] config = "{\"config\":{\"Shell\":[\"/bin/bash\"]}}".getBytes(UTF_8);
    String hex = Digest.of(config).hex();
    Path written = Files.createDirectory(folder.resolve("written"));
    Files.write(written.resolve(hex), config);
    Files.writeString(
        written.resolve("manifest.json"),
        """
        {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",
         "config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":%d,
         "digest":"sha256:%s"},"layers":[]}\
        """
            .formatted(config.length, hex));

    OciLayout.make(written, folder.resolve("layout"));

    assertThat(folder.resolve("layout/blobs/sha256/" + hex)).hasBinaryContent(config);
    String index = Files.readString(folder.resolve("layout/index.json"));
    assertThat(index).contains("application/vnd.oci.image.manifest.v1+json");
    assertThat(manifest(index)).contains("vnd.oci.image.config.v1+json").doesNotContain("docker");
  }

  @Test
  void versionsCompareByNumber() {
    assertThat(BuildahVersion.in("buildah version 1.28.2 (image-spec 1.1.0-rc2)"))
        .contains(new BuildahVersion(1, 28, 2));
    assertThat(BuildahVersion.in("runc version 1.1.5+ds1\ncommit: x"))
        .contains(new BuildahVersion(1, 1, 5));
    assertThat(BuildahVersion.in("none")).isEmpty();
    assertThat(new BuildahVersion(1, 9, 0)).isLessThan(new BuildahVersion(1, 33, 0));
    assertThat(new BuildahVersion(1, 37, 6).hasSafeMounts()).isTrue();
    assertThat(new BuildahVersion(1, 38, 0).hasSafeMounts()).isFalse();
  }

  private String manifest(String index) throws IOException {
    int at = index.indexOf("sha256:") + 7;
    return Files.readString(folder.resolve("layout/blobs/sha256/" + index.substring(at, at + 64)));
  }
}
