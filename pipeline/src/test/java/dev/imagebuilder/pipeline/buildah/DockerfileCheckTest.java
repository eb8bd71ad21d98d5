package dev.imagebuilder.pipeline.buildah;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DockerfileCheckTest {
  private static final BuildahVersion OLD = new BuildahVersion(1, 28, 2);
  private static final BuildahVersion NEW = new BuildahVersion(1, 41, 0);

  @TempDir private Path folder;
  private Path context;

  @BeforeEach
  void context() throws IOException {
    context = Files.createDirectory(folder.toRealPath().resolve("context"));
    Files.createDirectory(context.resolve("src"));
    Files.createSymbolicLink(context.resolve("out"), Path.of("/etc"));
  }

  @Test
  void imagesOfAllStagesThatAreNeededAreFound() throws Exception {
    assertThat(
            images(
                """
                ARG REPO=reg.example/base
                ARG TAG
                FROM ${REPO}:${TAG:-7} AS Build
                FROM unused:1 AS unused
                FROM scratch AS empty
                FROM build
                COPY --from=tools:2 /a /b
                COPY --from=empty / /
                ONBUILD COPY --from=later:3 / /
                RUN --mount=type=bind,from=build,target=/x ls
                """))
        .containsExactly(
            "reg.example/base:7", "docker.io/library/tools:2", "docker.io/library/later:3");
  }

  @Test
  void platformVariablesAreKnown() throws Exception {
    assertThat(images("FROM --platform=$BUILDPLATFORM a/b:$TARGETOS\n"))
        .containsExactly("docker.io/a/b:linux");
  }

  @Test
  void whatIsNoImageInARegistryIsRefused() {
    for (String name :
        List.of(
            "oci:/etc",
            "containers-storage:abc",
            "docker-archive:x",
            "dir:x",
            "a/UPPER",
            "a b c",
            "$UNSET",
            "${X%y}",
            "")) {
      refused(OLD, "FROM " + name + "\n");
    }
    refused(OLD, "RUN no from\n");
    refused(OLD, "FROM a\nCOPY --from=$X /a /b\n");
    refused(OLD, "FROM a\nCOPY --from=oci:/etc /a /b\n");
    refused(OLD, "ARG T=oci\nFROM ${T}:/etc\n");
  }

  @Test
  void hereDocumentsNeedANewerBuildah() throws Exception {
    assertThat(refused(OLD, "FROM a\nRUN <<EOF\nx\nEOF\n")).contains("line 2", "BuildKit");
    assertThat(check(NEW, "FROM a\nRUN <<EOF\nx\nEOF\n")).hasSize(1);
  }

  @Test
  void mountsWithoutAWayOutAreLetThrough() throws Exception {
    for (String mount :
        List.of(
            "type=cache,target=/c,id=npm-1,sharing=locked",
            "type=tmpfs,target=/t,size=1",
            "type=secret,id=x",
            "target=/c",
            "type=bind,source=src,target=/c",
            "type=bind,from=first,target=/c")) {
      assertThat(check(OLD, "FROM a AS first\nFROM a\nRUN --mount=" + mount + " x\n")).hasSize(1);
    }
  }

  @Test
  void mountsWithAWayOutAreRefused() {
    for (String mount :
        List.of(
            "type=cache,target=/c,id=../../etc",
            "type=cache,target=/c,source=x",
            "type=cache,target=/c,from=first",
            "type=bind,source=out,target=/c",
            "type=bind,source=../..,target=/c",
            "type=bind,source=src,src=out,target=/c",
            "type=bind,from=first,source=/l,target=/c",
            "type=bind,target=/c,rw",
            "type=bind,target=/c,bind-propagation=shared",
            "type=bind,\"source=out\",target=/c",
            "type=devpts,target=/c")) {
      refused(OLD, "FROM a AS first\nFROM a\nRUN --mount=" + mount + " x\n");
      refused(OLD, "FROM a AS first\nFROM a\nONBUILD RUN --mount=" + mount + " x\n");
    }
  }

  @Test
  void imagesAreNotMountedEvenByANewBuildah() {
    assertThat(refused(NEW, "FROM a\nRUN --mount=type=bind,from=b:1,target=/x y\n"))
        .contains("FROM image AS name");
  }

  @Test
  void triggersMayNameNoImage() {
    var check = new DockerfileCheck(NEW, context);
    ImageReference base = ImageReference.parse("a");

    for (String trigger :
        List.of("COPY --from=b / /", "RUN --mount=type=bind,from=b,target=/x y", "RUN x\nRUN y")) {
      assertThatExceptionOfType(DockerfileFaultException.class)
          .isThrownBy(() -> check.trigger(base, trigger));
    }
  }

  private List<String> images(String text) throws DockerfileFaultException {
    return check(OLD, text).stream().map(ImageReference::toString).toList();
  }

  private List<ImageReference> check(BuildahVersion version, String text)
      throws DockerfileFaultException {
    return new DockerfileCheck(version, context).images(DockerfileText.parse(text));
  }

  private String refused(BuildahVersion version, String text) {
    try {
      throw new AssertionError(text + " gave " + check(version, text));
    } catch (DockerfileFaultException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
