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
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class JsonOutputTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final JsonOutput output = new JsonOutput(new PrintStream(bytes, true, UTF_8));

  private List<JsonNode> events() {
    return bytes.toString(UTF_8).lines().map(JsonOutputTest::json).toList();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  @Test
  void everyEventIsOneObjectOnOneLine() {
    output.build(BuildInfo.newBuilder().setId("1").setState(BuildInfo.State.QUEUED).build());
    output.log("two\nlines\n{\"event\":\"ended\"}\n");
    output.note("by the way");
    output.ended(BuildInfo.newBuilder().setId("1").setState(BuildInfo.State.SUCCEEDED).build());

    assertThat(events())
        .extracting(event -> event.path("event").asString())
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

    assertThat(events())
        .containsExactly(
            json(
                """
                {"event":"step","id":"3","name":"[2/3] RUN make","state":"COMPLETED","seconds":1.5,
                "transfers":[{"name":"layer","done":5,"total":10}]}
                """));
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

    JsonNode ended = events().getFirst();
    assertThat(ended.path("reason").asString()).isEqualTo("step-failed");
    assertThat(ended.path("is_users_fault").asBoolean()).isTrue();
    assertThat(ended.path("failed_step"))
        .isEqualTo(json("{\"instruction\":\"RUN make\",\"line\":3,\"exit_code\":2}"));
  }
}
