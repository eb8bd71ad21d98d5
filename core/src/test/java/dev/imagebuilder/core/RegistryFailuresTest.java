package dev.imagebuilder.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.RegistryException.Exchange;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.RegistryFailures.Use;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RegistryFailuresTest {

  @Test
  void limitNamesWhoWhatAndWhen() {
    Failed failed = RegistryFailures.of(failure(Reason.RATE_LIMITED), Use.PULL);

    assertThat(failed.reason()).isEqualTo(FailureReason.REGISTRY_RATE_LIMITED);
    assertThat(failed.reason().isRetryable()).isTrue();
    assertThat(failed.text()).contains("docker.io", "library/x", "1m30s");
  }

  @Test
  void refusalIsTheUsersFaultOnlyWhereTheUserNamedTheImage() {
    assertThat(RegistryFailures.of(failure(Reason.DENIED), Use.PULL).blame()).isEqualTo(Blame.USER);
    assertThat(RegistryFailures.of(failure(Reason.DENIED), Use.PUSH).blame())
        .isEqualTo(Blame.SYSTEM);
  }

  @Test
  void missingImageIsAMissingBaseImage() {
    assertThat(RegistryFailures.of(failure(Reason.MANIFEST_UNKNOWN), Use.PULL).reason())
        .isEqualTo(FailureReason.BASE_IMAGE_MISSING);
  }

  @Test
  void everyReasonHasAText() {
    for (Reason reason : Reason.values()) {
      for (Use use : Use.values()) {
        assertThat(RegistryFailures.of(failure(reason), use).text()).contains("pull docker.io");
      }
    }
  }

  private static RegistryException failure(Reason reason) {
    return new RegistryException(
        reason,
        "pull docker.io/library/x: refused",
        new Exchange("GET", "docker.io", "library/x", 429, List.of(), Duration.ofSeconds(90), 1),
        null);
  }
}
