package dev.imagebuilder.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.FailedStep;
import dev.imagebuilder.proto.v1.Outcome;
import dev.imagebuilder.proto.v1.Step;
import dev.imagebuilder.proto.v1.Transfer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

final class JsonOutputTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final JsonOutput output = new JsonOutput(new PrintStream(bytes, true, UTF_8));

  private List<Map<String, Object>> events() {
    return bytes
        .toString(UTF_8)
        .lines()
        .map(line ->
            JsonMapper.shared().readValue(line, new TypeReference<Map<String, Object>>() {}))
        .toList();
  }

  @Test
  void everyEventIsOneObjectOnOneLine() {
    output.build(BuildInfo.newBuilder().setId("1").setState(BuildInfo.State.QUEUED).build());
    output.log("two\nlines\n{\"event\":\"ended\"}\n");
    output.note("by the way");
    output.ended(BuildInfo.newBuilder().setId("1").setState(BuildInfo.State.SUCCEEDED).build());

    assertThat(events())
        .extracting(event -> event.get("event"))
        .containsExactly("build", "log", "note", "ended");
  }

  @Test
  void stepTellsItsTimeAndItsTransfers() {
    output.step(
        Step.newBuilder()
            .setId("3")
            .setName("[2/3] RUN make")
            .setState(Step.State.COMPLETED)
            .setTime(Duration.newBuilder().setSeconds(1).setNanos(500_000_000))
            .addTransfers(Transfer.newBuilder().setName("layer").setDone(5).setTotal(10))
            .build());

    assertThat(events().getFirst())
        .containsEntry("name", "[2/3] RUN make")
        .containsEntry("state", "COMPLETED")
        .containsEntry("seconds", 1.5)
        .containsEntry("transfers", List.of(Map.of("name", "layer", "done", 5, "total", 10)));
  }

  @Test
  void failureTellsWhyAndWhere() {
    Outcome outcome =
        Outcome.newBuilder()
            .setText("build failed: make")
            .setReason("step-failed")
            .setIsUsersFault(true)
            .setStep(FailedStep.newBuilder().setInstruction("RUN make").setLine(3).setExitCode(2))
            .build();

    output.ended(
        BuildInfo.newBuilder().setState(BuildInfo.State.FAILED).setOutcome(outcome).build());

    assertThat(events().getFirst())
        .containsEntry("reason", "step-failed")
        .containsEntry("is_users_fault", true)
        .containsEntry("failed_step", Map.of("instruction", "RUN make", "line", 3, "exit_code", 2));
  }
}
