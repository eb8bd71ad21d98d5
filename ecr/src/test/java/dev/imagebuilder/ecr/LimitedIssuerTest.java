package dev.imagebuilder.ecr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.CredentialException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class LimitedIssuerTest {

  @Test
  void anIssuerThatHangsIsGivenUpAndInterrupted() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Issuer hung =
        _ -> {
          try {
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts");
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
        };

    assertThatThrownBy(() -> new LimitedIssuer(hung, Duration.ofMillis(20)).issue(Scope.PUBLIC))
        .isInstanceOf(CredentialException.class)
        .hasMessageStartingWith("no token within 20ms; check that this machine reaches AWS");
    assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void othersPassThrough() throws Exception {
    TurnedClock clock = new TurnedClock();
    FakeIssuer issuer = new FakeIssuer(clock);
    LimitedIssuer limited = new LimitedIssuer(issuer, Duration.ofSeconds(10));

    assertThat(limited.issue(Scope.PUBLIC).expires()).isAfter(clock.instant());
    issuer.failure("no");
    assertThatThrownBy(() -> limited.issue(Scope.PUBLIC)).hasMessage("no");
  }
}
