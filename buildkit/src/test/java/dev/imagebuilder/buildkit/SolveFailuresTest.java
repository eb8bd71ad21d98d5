package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.imagebuilder.buildkit.session.SessionFaults;
import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.FailedStep;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.proto.buildkit.control.StatusResponse;
import dev.imagebuilder.proto.buildkit.control.Vertex;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Errors that a real daemon does not produce on demand; the others are in BuildkitFailuresIT. */
final class SolveFailuresTest {
  /** What BuildKit 0.8 says before whatever is wrong before the first step. */
  private static final String LLB =
      "failed to solve with frontend dockerfile.v0: failed to create LLB definition: ";

  @Test
  void killedProcessIsExplained() {
    Failed failed =
        of("process \"x\" did not complete", exit(137), source("FROM a\nRUN make\n", 2));

    assertThat(failed.text()).contains("\"RUN make\": exit code 137", "short of memory");
    assertThat(failed.step()).isEqualTo(new FailedStep("RUN make", 2, 137));
  }

  @Test
  void fullDiskIsTheSystemsFault() {
    Failed failed = of("failed to copy: write /x: no space left on device");

    assertThat(failed.reason()).isEqualTo(FailureReason.DISK_FULL);
    assertThat(failed.blame()).isEqualTo(Blame.SYSTEM);
  }

  @Test
  void lostConnectionIsALostEngine() {
    for (Status status : new Status[] {Status.UNAVAILABLE, Status.CANCELLED}) {
      Failed failed = failures().of(status.withDescription("gone").asRuntimeException());

      assertThat(failed.reason()).isEqualTo(FailureReason.ENGINE_LOST);
      assertThat(failed.reason().isRetryable()).isTrue();
      assertThat(failed.text()).contains("unix:///run/b: gone");
    }
  }

  @Test
  void imageThatAnOldDaemonCannotReachForACopyIsTheRegistrys() {
    Failed failed =
        of(
            "failed to load cache key: failed to do request: Head"
                + " \"https://reg.example/v2/a/manifests/latest\": dial tcp: no such host");

    assertThat(failed.reason()).isEqualTo(FailureReason.REGISTRY_ERROR);
    assertThat(failed.message()).startsWith("resolve an image that the Dockerfile names: ");
  }

  @Test
  void pushFailuresAreTheSystemsFault() {
    Failed denied = of("failed to push reg/a:1: server message: insufficient_scope");
    Failed said = of("failed to push reg/a:1: denied: your quota of rights is 0");
    Failed broken = of("failed to push reg/a:1: unexpected status: 500 Internal Server Error");
    Failed limited = of("failed to push reg/a:1: 429 Too Many Requests");

    assertThat(denied.reason()).isEqualTo(FailureReason.REGISTRY_DENIED);
    assertThat(said.reason()).isEqualTo(FailureReason.REGISTRY_DENIED);
    assertThat(broken.reason()).isEqualTo(FailureReason.REGISTRY_ERROR);
    assertThat(limited.reason()).isEqualTo(FailureReason.REGISTRY_RATE_LIMITED);
    assertThat(denied.blame()).isEqualTo(Blame.SYSTEM);
    assertThat(denied.text()).startsWith("push reg/a:1: server message: ");
  }

  @Test
  void fullDiskOfARegistryIsNotOurs() {
    Failed failed =
        of("failed to push reg/a:1: unknown: write /var/lib/registry/x: no space left on device");

    assertThat(failed.reason()).isEqualTo(FailureReason.REGISTRY_ERROR);
    assertThat(failed.text())
        .startsWith("push reg/a:1: unknown: write ")
        .doesNotContain("where images are built");
  }

  @Test
  void queriesOfUploadsAreNotTold() {
    Failed failed =
        of(
            "failed to push reg/a:1: failed to do request: Put"
                + " \"https://reg/v2/a/blobs/uploads/1?_state=signed-403-x&digest=sha256%3Aab\":"
                + " EOF");

    assertThat(failed.text()).contains("Put \"https://reg/v2/a/blobs/uploads/1\": EOF");
    assertThat(failed.reason()).isEqualTo(FailureReason.REGISTRY_ERROR);
  }

  @Test
  void limitOnPullingIsNobodysFault() {
    Failed failed =
        of(
            "docker.io/library/x: failed to resolve source metadata for docker.io/library/x:1:"
                + " toomanyrequests: You have reached your pull rate limit");

    assertThat(failed.reason()).isEqualTo(FailureReason.REGISTRY_RATE_LIMITED);
    assertThat(failed.text()).startsWith("resolve docker.io/library/x:1: toomanyrequests");
  }

  @Test
  void unknownErrorIsTheSystemsFaultAndBounded() {
    Failed failed = of("x".repeat(10_000));

    assertThat(failed.reason()).isEqualTo(FailureReason.INTERNAL);
    assertThat(failed.message()).hasSizeLessThan(2100);
  }

  @Test
  void detailsThatAreNoJsonArePassedOver() {
    Any broken =
        Any.newBuilder()
            .setTypeUrl("github.com/moby/buildkit/errdefs.Source+json")
            .setValue(ByteString.copyFromUtf8("{nonsense"))
            .build();

    assertThat(of("something", broken).reason()).isEqualTo(FailureReason.INTERNAL);
  }

  @Test
  void oldDaemonsWordsAreReadWhereThereIsNothingElse() {
    Failed step = ofOld("executor failed running [/bin/sh -c a\nb]: exit code: 7", "[2/2] RUN a");
    Failed image = ofOld(LLB + "reg/x:1: not found", "[internal] load metadata for reg/x:1");
    Failed denied =
        ofOld(
            LLB + "pull access denied, repository does not exist or may require authorization",
            "[internal] load metadata for reg/x:1");
    Failed fetched =
        ofOld("failed to do request: dial tcp: no such host", "FROM docker.io/library/x:latest");
    Failed secret = ofOld("secret x not found: not found", "[3/4] RUN --mount=type=secret,id=x b");

    assertThat(step.message()).isEqualTo("step 2/2 \"RUN a\": exit code 7");
    assertThat(step.step()).isEqualTo(new FailedStep("RUN a", 0, 7));
    assertThat(image.reason()).isEqualTo(FailureReason.BASE_IMAGE_MISSING);
    assertThat(image.message()).isEqualTo("resolve reg/x:1: reg/x:1: not found");
    assertThat(denied.reason()).isEqualTo(FailureReason.REGISTRY_DENIED);
    assertThat(fetched.reason()).isEqualTo(FailureReason.REGISTRY_ERROR);
    assertThat(fetched.text()).startsWith("build failed: resolve docker.io/library/x:latest: ");
    assertThat(secret.reason()).isEqualTo(FailureReason.STEP_FAILED);
    assertThat(secret.message()).contains("3/4", "secret x not found");
  }

  @Test
  void oldDaemonsSyntaxErrorHasItsLine() {
    Failed failed = failure(LLB + "dockerfile parse error line 2: unknown instruction: RUNN");

    assertThat(failed.reason()).isEqualTo(FailureReason.DOCKERFILE_INVALID);
    assertThat(failed.message())
        .isEqualTo(
            "the Dockerfile: line 2: dockerfile parse error line 2: unknown instruction: RUNN");
    assertThat(failed.step()).isEqualTo(new FailedStep("", 2, 0));
  }

  private static Failed failure(String text) {
    return failures().of(Status.UNKNOWN.withDescription(text).asRuntimeException());
  }

  /** With the step that has failed, as an old daemon tells of it. */
  private static Failed ofOld(String text, String step) {
    var progress = new Progress(new Recorder());
    var vertex =
        Vertex.newBuilder()
            .setDigest("sha256:1")
            .setName(step)
            .setStarted(Timestamp.getDefaultInstance())
            .setCompleted(Timestamp.getDefaultInstance())
            .setError(text);
    progress.accept(StatusResponse.newBuilder().addVertexes(vertex).build());
    var daemon = new BuildkitAddress.InDocker(BuildkitAddress.parse("unix:///run/d"));
    return new SolveFailures(progress, new SessionFaults(), "reg/a:1", daemon)
        .of(Status.UNKNOWN.withDescription(text).asRuntimeException());
  }

  private static SolveFailures failures() {
    return new SolveFailures(
        new Progress(new Recorder()),
        new SessionFaults(),
        "reg/a:1",
        BuildkitAddress.parse("unix:///run/b"));
  }

  private static Failed of(String message, Any... details) {
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(Status.Code.UNKNOWN.value())
            .setMessage("failed to solve: " + message);
    for (Any detail : details) {
      status.addDetails(detail);
    }
    StatusRuntimeException failure = StatusProto.toStatusRuntimeException(status.build());
    return failures().of(failure);
  }

  private static Any exit(int code) {
    return detail("gatewayapi.ExitMessage+json", "{\"Code\":" + code + "}");
  }

  private static Any source(String dockerfile, int line) {
    String data = Base64.getEncoder().encodeToString(dockerfile.getBytes(StandardCharsets.UTF_8));
    return detail(
        "errdefs.Source+json",
        "{\"info\":{\"data\":\"%s\"},\"ranges\":[{\"start\":{\"line\":%d},\"end\":{\"line\":%d}}]}"
            .formatted(data, line, line));
  }

  private static Any detail(String type, String json) {
    return Any.newBuilder()
        .setTypeUrl("github.com/moby/buildkit/" + type)
        .setValue(ByteString.copyFromUtf8(json))
        .build();
  }
}
