package dev.imagebuilder.ecr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.work.Tasks;
import dev.imagebuilder.ecr.Scope.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class KeptTokensTest {
  private static final Scope EU = new Scope(Service.PRIVATE, "eu-west-1");
  private static final Scope US = new Scope(Service.PRIVATE, "us-east-1");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TurnedClock clock = new TurnedClock();
  private final FakeIssuer issuer = new FakeIssuer(clock);
  private final KeptTokens tokens = new KeptTokens(issuer, clock, PATIENCE);

  @Test
  @Tag("row-63")
  void aTokenIsKeptForFourHours() throws Exception {
    assertThat(password(EU)).isEqualTo("eu-west-1#1");

    clock.turn(Duration.ofHours(4).minusSeconds(1));
    assertThat(password(EU)).isEqualTo("eu-west-1#1");

    clock.turn(Duration.ofSeconds(1));
    assertThat(password(EU)).isEqualTo("eu-west-1#2");
  }

  @Test
  void eachRegionAndServiceHasItsOwn() throws Exception {
    assertThat(password(EU)).isEqualTo("eu-west-1#1");
    assertThat(password(US)).isEqualTo("us-east-1#2");
    assertThat(password(Scope.PUBLIC)).isEqualTo("us-east-1#3");
    assertThat(password(US)).isEqualTo("us-east-1#2");
  }

  @Test
  void aTokenThatEndsSoonerIsKeptForLess() throws Exception {
    issuer.lifetime(Duration.ofHours(1));
    assertThat(password(EU)).isEqualTo("eu-west-1#1");

    clock.turn(Duration.ofMinutes(44));
    assertThat(password(EU)).isEqualTo("eu-west-1#1");

    clock.turn(Duration.ofMinutes(1));
    assertThat(password(EU)).isEqualTo("eu-west-1#2");
  }

  @Test
  void aTokenThatHasEndedAlreadyIsNotKept() throws Exception {
    issuer.lifetime(Duration.ofMinutes(-1));

    assertThat(password(EU)).isEqualTo("eu-west-1#1");
    assertThat(password(EU)).isEqualTo("eu-west-1#2");
  }

  @Test
  void allWhoWantOneAtTheSameTimeShareOneRequest() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    Issuer slow =
        scope -> {
          begun.countDown();
          assertThat(open.await(10, TimeUnit.SECONDS)).isTrue();
          return issuer.issue(scope);
        };
    KeptTokens shared = new KeptTokens(slow, clock, PATIENCE);
    List<Callable<EcrToken>> callers = new ArrayList<>();
    for (int caller = 0; caller < 200; caller++) {
      callers.add(() -> shared.get(EU));
    }
    callers.add(() -> {
      begun.await();
      open.countDown();
      return shared.get(EU);
    });

    assertThat(Tasks.allOf(callers)).hasSize(201).containsOnly(shared.get(EU));
    assertThat(issuer.asked()).hasSize(1);
  }

  @Test
  void aFailureCountsForAMomentOnly() {
    issuer.failure("throttled");
    assertThatThrownBy(() -> tokens.get(EU))
        .isInstanceOf(CredentialException.class)
        .hasMessage("throttled");
    issuer.failure("still throttled");
    assertThatThrownBy(() -> tokens.get(EU)).hasMessage("throttled");
    assertThat(issuer.asked()).hasSize(1);

    clock.turn(Duration.ofSeconds(5));
    assertThatThrownBy(() -> tokens.get(EU)).hasMessage("still throttled");
    assertThat(issuer.asked()).hasSize(2);
  }

  @Test
  void aTokenThatCannotBeRenewedIsUsedWhileItLasts() throws Exception {
    assertThat(password(EU)).isEqualTo("eu-west-1#1");
    issuer.failure("no answer");

    clock.turn(Duration.ofHours(11));
    assertThat(password(EU)).isEqualTo("eu-west-1#1");
    assertThat(password(EU)).isEqualTo("eu-west-1#1");
    assertThat(issuer.asked()).hasSize(2);

    clock.turn(Duration.ofHours(1));
    assertThatThrownBy(() -> tokens.get(EU)).hasMessage("no answer");

    issuer.failure(null);
    clock.turn(Duration.ofSeconds(5));
    assertThat(password(EU)).isEqualTo("eu-west-1#4");
  }

  private String password(Scope scope) throws Exception {
    return tokens.get(scope).credential().password().reveal();
  }
}
