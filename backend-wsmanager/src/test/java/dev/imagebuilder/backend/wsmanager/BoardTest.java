package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.FoundBuild;
import dev.imagebuilder.core.SharedBackend.Sightings;
import dev.imagebuilder.proto.wsman.WorkspaceMetadata;
import dev.imagebuilder.proto.wsman.WorkspacePhase;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class BoardTest implements Sightings {
  private static final String REF = "reg.example/ws:1";
  private static final BuildId A = new BuildId(new UUID(0, 1));
  private static final BuildId B = new BuildId(new UUID(0, 2));
  private final Condemned condemned = new Condemned();
  private final Board board = new Board(condemned);
  private final List<BuildId> found = new ArrayList<>();
  private final List<String> superseded = new ArrayList<>();

  @BeforeEach
  void share() {
    board.share(this);
  }

  @Test
  @Tag("row-83")
  void row83OnlyImageBuildsOfOthersThatRunAreFound() {
    board.seen(status(A, 7, WorkspacePhase.RUNNING));
    board.seen(status(B, 7, WorkspacePhase.STOPPING));
    board.seen(WorkspaceStatus.newBuilder().setId(new BuildId(new UUID(0, 3)).toString()).build());

    assertThat(found).containsExactly(A);
  }

  @Test
  void youngerOwnBuildGivesWayWhoeverIsHeardOfFirst() {
    open(B, Slot.Kind.OWN);
    board.seen(status(B, 8, WorkspacePhase.PENDING));
    board.seen(status(A, 7, WorkspacePhase.RUNNING));

    assertThat(superseded).containsExactly(B + " < " + A);
  }

  @Test
  void inTheSameSecondTheIdDecides() {
    open(A, Slot.Kind.OWN);
    board.seen(status(A, 7, WorkspacePhase.RUNNING));
    board.seen(status(B, 7, WorkspacePhase.RUNNING));
    assertThat(superseded).isEmpty();

    open(B, Slot.Kind.OWN);
    board.seen(status(B, 7, WorkspacePhase.RUNNING));
    assertThat(superseded).isEmpty();
  }

  @Test
  void forcedFoundAndCondemnedBuildsGiveNoWay() {
    open(B, Slot.Kind.FORCED);
    board.seen(status(B, 8, WorkspacePhase.RUNNING));
    board.seen(status(A, 7, WorkspacePhase.RUNNING));
    assertThat(superseded).isEmpty();

    condemned.add(A.toString());
    assertThat(board.othersOf(REF)).isEmpty();
  }

  @Test
  void condemnedWorkspaceIsToBeStoppedUntilItIsOver() {
    condemned.add(A.toString());

    board.seen(status(A, 7, WorkspacePhase.RUNNING));

    assertThat(found).isEmpty();
    assertThat(condemned.takeSeen()).containsExactly(A.toString());
    board.seen(status(A, 7, WorkspacePhase.STOPPED));
    assertThat(condemned.isToStop(A.toString())).isFalse();
  }

  @Test
  @Tag("row-38")
  void row38WorkspaceIsGoneWhenTwoListsHaveItNot() {
    Slot slot = open(A, Slot.Kind.OWN);
    board.listed(List.of(), System.nanoTime());
    board.listed(List.of(), System.nanoTime());
    assertThat(slot.now().isOver()).as("before its start was confirmed").isFalse();

    board.seen(status(A, 7, WorkspacePhase.RUNNING));
    board.listed(List.of(), System.nanoTime() + 1);
    assertThat(slot.now().isOver()).isFalse();
    assertThat(board.isInDoubt()).isTrue();
    board.listed(List.of(status(A, 7, WorkspacePhase.RUNNING)), System.nanoTime() + 1);
    board.listed(List.of(), System.nanoTime() + 1);
    assertThat(slot.now().isOver()).as("it was listed in between").isFalse();
    board.listed(List.of(), System.nanoTime() + 1);

    assertThat(slot.now().stage()).isEqualTo(Observed.Stage.GONE);
    assertThat(board.othersOf(REF)).isEmpty();
  }

  @Override
  public void found(FoundBuild build) {
    found.add(build.id());
  }

  @Override
  public void superseded(BuildId own, FoundBuild older) {
    superseded.add(own + " < " + older.id());
  }

  private Slot open(BuildId id, Slot.Kind kind) {
    Observed.Names names = new Observed.Names("eve", REF, "base");
    return board.open(id, kind, Observed.expected(id.toString(), names));
  }

  private static WorkspaceStatus status(BuildId id, long started, WorkspacePhase phase) {
    return WorkspaceStatus.newBuilder()
        .setId(id.toString())
        .setPhase(phase)
        .setMetadata(
            WorkspaceMetadata.newBuilder()
                .putAnnotations("managed-by", "image-builder")
                .putAnnotations("ref", REF)
                .setStartedAt(Timestamp.newBuilder().setSeconds(started)))
        .build();
  }
}
