package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.imagebuilder.proto.builder.BuildRegistryAuth;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ResolveBaseImageRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageResponse;
import dev.imagebuilder.proto.contentservice.EmptyInitializer;
import dev.imagebuilder.proto.contentservice.WorkspaceInitializer;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.TestImages;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers of the two Resolve methods see (SPEC 3.1 and 3.2). */
final class ResolvingIT {
  @TempDir private Path folder;
  private ServiceHouse house;

  @BeforeEach
  void open() throws Exception {
    house = ServiceHouse.open(folder);
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  @Tag("row-1")
  void tagOfABaseImageBecomesItsDigest() {
    house.put(house.ref("app:v1"));

    assertThat(resolve(house.ref("app:v1"))).isEqualTo(house.digestForm("app"));
    assertThat(resolve(house.ref("app:gone@" + ServiceHouse.IMAGE.digest())))
        .isEqualTo(house.digestForm("app"));
  }

  @Test
  @Tag("row-2")
  void baseImageThatIsNotThere() {
    assertThat(refusal("app:none")).isEqualTo("NOT_FOUND: cannot resolve image");
  }

  @Test
  @Tag("row-3")
  void baseImageThatOthersMaySee() {
    house.lock("app");

    assertThat(refusal("app:v1")).isEqualTo("UNAUTHENTICATED: cannot resolve image");
  }

  @Test
  @Tag("row-4")
  void registryThatIsAskedTooOften() {
    house.fail("app", Answer.tooMany("3600"));

    assertThat(refusal("app:v1"))
        .startsWith("UNAVAILABLE: upstream registry responds with 'too many request': ");
  }

  @Test
  @Tag("row-5")
  void referenceThatIsNone() {
    assertThatThrownBy(() -> resolve("a b"))
        .hasMessageStartingWith(
            "INVALID_ARGUMENT: cannt resolve base image ref: cannot parse image ref: ");
  }

  @Test
  @Tag("row-6")
  @Tag("row-75")
  void registryThatFailsInAnyOtherWay() {
    house.fail("app", Answer.of(Reply.error(500, "UNKNOWN")));
    house.fail(
        "arm",
        Answer.serving(TestImages.bareIndex(TestImages.Format.OCI, TestImages.oci("hidden"))));

    assertThat(refusal("app:v1")).startsWith("INTERNAL: cannot resolve image: ");
    assertThat(refusal("arm:v1"))
        .isEqualTo("INTERNAL: cannot resolve image: no manifest for platform linux-amd64 found");
  }

  @Test
  @Tag("row-7")
  @Tag("row-8")
  @Tag("row-12")
  void workspaceImageIsNamedWithItsBaseAndIsThereOrNot() {
    house.put(house.ref("app:v1"));
    BuildSource source = ServiceHouse.reference(house.ref("app:v1"));

    ResolveWorkspaceImageResponse before = locate(source);
    house.put(before.getRef());
    ResolveWorkspaceImageResponse after = locate(source);

    assertThat(before.getStatus()).isEqualTo(BuildStatus.unknown);
    assertThat(before.getRef()).matches("\\Q" + house.ref("ws") + ":\\E[0-9a-f]{64}");
    assertThat(before.getBaseRef()).isEqualTo(house.digestForm("app"));
    assertThat(after).isEqualTo(before.toBuilder().setStatus(BuildStatus.done_success).build());
  }

  @Test
  @Tag("row-12")
  void workspaceImageThatIsBeingBuiltIsRunning() {
    var _ = house.begin(BuildRequest.newBuilder().setSource(ServiceHouse.dockerfile()));

    assertThat(locate(ServiceHouse.dockerfile()).getStatus()).isEqualTo(BuildStatus.running);
  }

  @Test
  @Tag("row-9")
  void sourceThatIsNotInGit() {
    var empty =
        WorkspaceInitializer.newBuilder().setEmpty(EmptyInitializer.getDefaultInstance()).build();

    for (var initializer : List.of(empty, WorkspaceInitializer.getDefaultInstance())) {
      assertRefused(
          ServiceHouse.file(initializer),
          "INTERNAL: cannot resolve base image: unsupported context initializer");
    }
  }

  @Test
  @Tag("row-10")
  void sourceOfNoKind() {
    assertRefused(
        BuildSource.getDefaultInstance(),
        "INTERNAL: cannot resolve base image: invalid base image");
  }

  @Test
  @Tag("row-11")
  void requestWithoutASource() {
    assertThatThrownBy(() ->
            house.client().resolveWorkspaceImage(ResolveWorkspaceImageRequest.getDefaultInstance()))
        .hasMessage("INVALID_ARGUMENT: build source is missing");
  }

  @Test
  @Tag("row-13")
  void workspaceImageIsLookedForAsTheInstallation() {
    house.lock("ws");
    ResolveWorkspaceImageRequest anonymous =
        ResolveWorkspaceImageRequest.newBuilder().setSource(ServiceHouse.dockerfile()).build();
    ResolveWorkspaceImageRequest stranger =
        anonymous.toBuilder()
            .setAuth(
                BuildRegistryAuth.newBuilder()
                    .putAdditional(house.registry().domain(), "ZXZlOndyb25n"))
            .build();
    house.put(house.client().resolveWorkspaceImage(anonymous).getRef());

    for (ResolveWorkspaceImageRequest request : List.of(anonymous, stranger)) {
      assertThat(house.client().resolveWorkspaceImage(request).getStatus())
          .isEqualTo(BuildStatus.done_success);
    }
  }

  @Test
  void workspaceImageThatCannotBeLookedForIsAnInternalFailure() {
    house.fail("ws", Answer.unauthorized("Basic realm=\"r\""));

    assertThatThrownBy(() -> locate(ServiceHouse.dockerfile()))
        .hasMessage(
            "INTERNAL: cannot resolve workspace image: cannot check if image exists: \"not"
                + " authorized\"");
  }

  private void assertRefused(BuildSource source, String message) {
    assertThatThrownBy(() -> locate(source)).hasMessage(message);
    assertThatThrownBy(() -> house.begin(BuildRequest.newBuilder().setSource(source)))
        .hasMessage(message);
    assertThat(house.manager().faults().startRequests()).isEmpty();
  }

  private String resolve(String ref) {
    return house
        .client()
        .resolveBaseImage(ResolveBaseImageRequest.newBuilder().setRef(ref).build())
        .getRef();
  }

  private String refusal(String name) {
    return String.valueOf(catchThrowable(() -> resolve(house.ref(name))).getMessage());
  }

  private ResolveWorkspaceImageResponse locate(BuildSource source) {
    return house
        .client()
        .resolveWorkspaceImage(ResolveWorkspaceImageRequest.newBuilder().setSource(source).build());
  }
}
