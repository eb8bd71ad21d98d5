package dev.imagebuilder.ecr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.EcrHost;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.ecr.Scope.Service;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class EcrCredentialsTest {
  private static final String EU = "422899872803.dkr.ecr.eu-central-1.amazonaws.com";

  private final TurnedClock clock = new TurnedClock();
  private final FakeIssuer issuer = new FakeIssuer(clock);
  private final EcrCredentials credentials = credentials(new EcrOptions("us-west-2"));

  @Test
  @Tag("row-62")
  void aRegistryGetsTheTokenOfItsRegionWhateverItsAccount() throws Exception {
    Credential token = new Credential.Password("AWS", Secret.of("eu-central-1#1"));

    assertThat(credentials.find(EU)).isEqualTo(token);
    assertThat(credentials.find("123456789012.dkr.ecr.eu-central-1.amazonaws.com"))
        .isEqualTo(token);
    assertThat(credentials.find(EU + ":443")).isEqualTo(token);
    assertThat(issuer.asked()).containsExactly(new Scope(Service.PRIVATE, "eu-central-1"));
  }

  @Test
  @Tag("row-62")
  void everyPartitionIsAskedInItsRegion() throws Exception {
    credentials.find("123456789012.dkr.ecr.us-gov-west-1.amazonaws.com");
    credentials.find("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn");
    credentials.find("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com");

    assertThat(issuer.asked())
        .containsExactly(
            new Scope(Service.PRIVATE, "us-gov-west-1"),
            new Scope(Service.PRIVATE, "cn-north-1"),
            new Scope(Service.PRIVATE_FIPS, "us-east-1"));
  }

  @Test
  @Tag("row-62")
  void otherRegistriesAndLookAlikesGetNothingAndNobodyIsAsked() throws Exception {
    for (String domain :
        List.of("docker.io", EU + ".evil.example", "evil-" + EU, "localhost:5000")) {
      assertThat(credentials.find(domain).isPresent()).as(domain).isFalse();
    }
    assertThat(issuer.asked()).isEmpty();
  }

  @Test
  @Tag("row-71")
  void theDummyStandsForWhereResultsArePushed() throws Exception {
    assertThat(credentials.find(EcrHost.ANY))
        .isEqualTo(new Credential.Password("AWS", Secret.of("us-west-2#1")));
    assertThat(EcrOptions.pushingTo(List.of("reg.example", EU)).homeRegion())
        .isEqualTo("eu-central-1");
    assertThat(EcrOptions.pushingTo(List.of("reg.example")).homeRegion()).isEmpty();
  }

  @Test
  void publicEcrHasATokenOfItsOwn() throws Exception {
    assertThat(credentials.find("public.ecr.aws").isPresent()).isTrue();

    assertThat(issuer.asked()).containsExactly(Scope.PUBLIC);
  }

  @Test
  void publicEcrIsUsedWithoutALoginWhereThereIsNone() throws Exception {
    issuer.failure("400 AccessDeniedException");

    assertThat(credentials.find("public.ecr.aws").isPresent()).isFalse();
    clock.turn(Duration.ofMinutes(4));
    assertThat(credentials.find("public.ecr.aws").isPresent()).isFalse();
    assertThat(issuer.asked()).hasSize(1);
  }

  @Test
  @Tag("row-64")
  void aFailureNamesTheRegistryAndTheRegion() {
    issuer.failure("cannot understand ECR token. Expected 2 segments, got 1");

    assertThatThrownBy(() -> credentials.find(EU))
        .isInstanceOf(CredentialException.class)
        .hasMessage(
            "error with ECR authenticate: cannot understand ECR token. Expected 2 segments, got 1"
                + " (for "
                + EU
                + ", asked in eu-central-1)");
  }

  @Test
  void anInterruptionIsKept() {
    Thread.currentThread().interrupt();
    Issuer interrupted =
        _ -> {
          throw new InterruptedException();
        };
    var asked =
        new EcrCredentials(
            new EcrOptions(""), new KeptTokens(interrupted, clock, Duration.ofSeconds(1)));

    assertThatThrownBy(() -> asked.find(EU)).hasMessageStartingWith("interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  private EcrCredentials credentials(EcrOptions options) {
    return new EcrCredentials(options, new KeptTokens(issuer, clock, Duration.ofSeconds(30)));
  }
}
