package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** RFC 9110, 11.6.1, as registries really write it. */
final class ChallengeTest {

  @Test
  void parametersComeInAnyOrderQuotedOrNot() {
    assertThat(parse("Bearer service=reg.io, realm=\"https://auth.io/token\",Scope=\"a:b:c\""))
        .containsExactly(
            new Challenge(
                "bearer",
                Map.of("realm", "https://auth.io/token", "service", "reg.io", "scope", "a:b:c")));
  }

  @Test
  void oneHeaderMayHoldSeveral() {
    List<Challenge> all =
        parse("Negotiate, Basic realm=\"a, b=c\", Bearer realm=\"https://x/\",service=\"y\"");

    assertThat(all).extracting(Challenge::scheme).containsExactly("negotiate", "basic", "bearer");
    assertThat(all.get(1).parameter("realm")).isEqualTo("a, b=c");
    assertThat(all.get(2).parameter("service")).isEqualTo("y");
  }

  @Test
  void severalHeadersAreOneList() {
    List<Challenge> all = Challenge.parse(List.of("Basic realm=\"x\"", "Bearer realm=\"y\""));

    assertThat(Challenge.find(all, "bearer").orElseThrow().parameter("realm")).isEqualTo("y");
    assertThat(Challenge.find(all, "digest")).isEmpty();
  }

  @Test
  void quotedTextMayHoldQuotesAndCommas() {
    assertThat(parse("Bearer realm=\"a\\\"b\\\\c\", scope=\"r:n:pull,push\""))
        .containsExactly(
            new Challenge("bearer", Map.of("realm", "a\"b\\c", "scope", "r:n:pull,push")));
  }

  @Test
  void theFirstOfTwoEqualParametersCounts() {
    assertThat(parse("Bearer realm=one, realm=two").getFirst().parameter("realm")).isEqualTo("one");
  }

  @Test
  void whatIsNoChallengeIsPassedOver() {
    assertThat(parse("")).isEmpty();
    assertThat(parse(" , ;;; \"\" ")).isEmpty();
    assertThat(parse("Bearer realm=\"never closed")).hasSize(1);
    assertThat(parse("Bearer")).containsExactly(new Challenge("bearer", Map.of()));
  }

  @Test
  void aHostileHeaderCostsItsLengthOnly() {
    String hostile = "Bearer " + "a=\"\\\"".repeat(200_000);

    Assertions.assertTimeout(Duration.ofSeconds(2), () -> parse(hostile));
  }

  @Test
  void aParameterCanBeLeftOut() {
    Challenge challenge = parse("Bearer realm=a,scope=b").getFirst().without("scope");

    assertThat(challenge).isEqualTo(new Challenge("bearer", Map.of("realm", "a")));
  }

  private static List<Challenge> parse(String header) {
    return Challenge.parse(List.of(header));
  }
}
