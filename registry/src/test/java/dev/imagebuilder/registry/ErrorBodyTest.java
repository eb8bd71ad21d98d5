package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ErrorBodyTest {

  @Test
  void codesAndMessagesOfRegistriesAreRead() {
    ErrorBody body =
        parse(
            """
            {"errors":[{"code":"DENIED","message":"requested access is denied"},
                       {"code":"UNKNOWN","message":"more"}]}\
            """);

    assertThat(body.codes()).containsExactly("DENIED", "UNKNOWN");
    assertThat(body.message()).isEqualTo("requested access is denied; more");
  }

  @Test
  void tokenServicesSayItInTheirOwnWays() {
    assertThat(parse("{\"details\":\"incorrect username or password\"}").message())
        .isEqualTo("incorrect username or password");
    assertThat(parse("{\"error\":\"invalid_grant\",\"error_description\":\"expired\"}").message())
        .isEqualTo("expired");
    assertThat(parse("{\"message\":\"slow down\"}").message()).isEqualTo("slow down");
  }

  @Test
  void whatIsNoJsonSaysNothing() {
    assertThat(parse("<html>502 Bad Gateway</html>")).isEqualTo(new ErrorBody(List.of(), ""));
    assertThat(parse("")).isEqualTo(new ErrorBody(List.of(), ""));
    assertThat(parse("{\"errors\":[{\"code\":\"DEN")).isEqualTo(new ErrorBody(List.of(), ""));
    assertThat(parse("{\"errors\":\"no\"}")).isEqualTo(new ErrorBody(List.of(), ""));
    assertThat(parse("[1,2]")).isEqualTo(new ErrorBody(List.of(), ""));
  }

  @Test
  void repeatedSecretsBecomeStars() {
    byte[] body =
        "{\"errors\":[{\"code\":\"hunter22\",\"message\":\"bad password hunter22!\"}]}"
            .getBytes(StandardCharsets.UTF_8);

    ErrorBody parsed = ErrorBody.parse(body, List.of("hunter22"));

    assertThat(parsed.codes()).containsExactly("***");
    assertThat(parsed.message()).isEqualTo("bad password ***!");
  }

  @Test
  void longTextsAndManyErrorsAreCut() {
    String one = "{\"code\":\"%s\",\"message\":\"%s\"}".formatted("C".repeat(99), "m".repeat(999));
    ErrorBody body = parse("{\"errors\":[" + (one + ",").repeat(20) + one + "]}");

    assertThat(body.codes()).containsExactly("C".repeat(40) + "…");
    assertThat(body.message()).hasSize(301).endsWith("…");
  }

  private static ErrorBody parse(String body) {
    return ErrorBody.parse(body.getBytes(StandardCharsets.UTF_8), List.of());
  }
}
