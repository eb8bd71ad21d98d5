package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome.Unproven;
import dev.imagebuilder.testing.wsmanager.Ending;
import dev.imagebuilder.testing.wsmanager.Program;
import org.junit.jupiter.api.Test;

/** Builds from their start to their end. */
final class WsManagerBackendIT {
  private static final String REF = "reg.example/ws:1";

  @Test
  void buildRunsInAWorkspaceAndItsOutputArrives() throws Exception {
    Program program =
        workspace -> {
          workspace.terminal().awaitReader();
          workspace.terminal().print("#1 FROM alpine\r\n");
          workspace.terminal().print("done\r\n");
          return Ending.success();
        };
    try (House house = new House(program)) {
      House.Replica replica = house.replica();

      House.Running running = replica.run(House.order(REF));

      assertThat(running.outcome()).isInstanceOf(Unproven.class);
      assertThat(running.recorder().printed()).isEqualTo("#1 FROM alpine\r\ndone\r\n");
      assertThat(running.recorder().events().getLast()).isInstanceOf(BuildEvent.Building.class);
      assertThat(running.recorder().locations().getFirst().url()).contains("/w/");
    }
  }
}
