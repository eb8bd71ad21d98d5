package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.imagebuilder.backend.wsmanager.Observed.Stage;
import dev.imagebuilder.proto.wsman.WorkspaceAuthentication;
import dev.imagebuilder.proto.wsman.WorkspaceConditionBool;
import dev.imagebuilder.proto.wsman.WorkspaceConditions;
import dev.imagebuilder.proto.wsman.WorkspaceMetadata;
import dev.imagebuilder.proto.wsman.WorkspacePhase;
import dev.imagebuilder.proto.wsman.WorkspaceSpec;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ObservedTest {

  @Test
  @Tag("row-85")
  void row85PhasesBecomeStages() {
    Map<WorkspacePhase, Stage> stages =
        Map.of(
            WorkspacePhase.UNKNOWN, Stage.RISING,
            WorkspacePhase.PENDING, Stage.RISING,
            WorkspacePhase.CREATING, Stage.RISING,
            WorkspacePhase.INITIALIZING, Stage.RISING,
            WorkspacePhase.RUNNING, Stage.RUNNING,
            WorkspacePhase.INTERRUPTED, Stage.RISING,
            WorkspacePhase.STOPPING, Stage.OVER,
            WorkspacePhase.STOPPED, Stage.OVER);

    stages.forEach((phase, stage) ->
        assertThat(Observed.after(null, status(phase).build()).stage()).isEqualTo(stage));
    assertThat(Observed.after(null, status(WorkspacePhase.PENDING).setPhaseValue(99).build()))
        .extracting(Observed::stage)
        .isEqualTo(Stage.RISING);
  }

  @Test
  @Tag("row-88")
  void row88StatusWithoutAnythingButAnIdIsTolerated() {
    Observed bare = Observed.after(null, WorkspaceStatus.newBuilder().setId("w").build());

    assertThat(bare.stage()).isEqualTo(Stage.RISING);
    assertThat(bare.log()).isEmpty();
    assertThat(bare.started()).isZero();
    assertThat(bare.conditions().failure()).isEmpty();
  }

  @Test
  @Tag("row-44")
  void row44UrlAndTokenComeLateAndAreKeptWhenTheyAreTakenBack() {
    Observed first = Observed.after(null, status(WorkspacePhase.PENDING).build());
    Observed withUrl = Observed.after(first, at("https://a.example/", "t1"));
    Observed takenBack = Observed.after(withUrl, status(WorkspacePhase.PENDING).build());
    Observed moved = Observed.after(takenBack, at("https://b.example", "t1"));

    assertThat(first.log()).isEmpty();
    assertThat(withUrl.log().orElseThrow().url()).isEqualTo("https://a.example");
    assertThat(takenBack.log()).isEqualTo(withUrl.log());
    assertThat(moved.log().orElseThrow().url()).isEqualTo("https://b.example");
  }

  @Test
  void whatAStatusDoesNotRepeatIsRemembered() {
    Observed told =
        Observed.after(
            null,
            status(WorkspacePhase.STOPPING)
                .setMetadata(
                    WorkspaceMetadata.newBuilder()
                        .setOwner("eve")
                        .putAnnotations("ref", "r")
                        .putAnnotations("baseref", "b")
                        .setStartedAt(Timestamp.newBuilder().setSeconds(7)))
                .setConditions(
                    WorkspaceConditions.newBuilder()
                        .setFailed("f")
                        .setStoppedByRequest(WorkspaceConditionBool.TRUE))
                .build());

    Observed after = Observed.after(told, status(WorkspacePhase.RUNNING).build());

    assertThat(after).isEqualTo(told);
  }

  @Test
  void printsNoToken() {
    assertThat(Observed.after(null, at("https://a.example", "t0ps3cret")).toString())
        .doesNotContain("t0ps3cret");
  }

  private static WorkspaceStatus at(String url, String token) {
    return status(WorkspacePhase.PENDING)
        .setSpec(WorkspaceSpec.newBuilder().setUrl(url))
        .setAuth(WorkspaceAuthentication.newBuilder().setOwnerToken(token))
        .build();
  }

  private static WorkspaceStatus.Builder status(WorkspacePhase phase) {
    return WorkspaceStatus.newBuilder().setId("w").setPhase(phase);
  }
}
