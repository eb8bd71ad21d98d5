package dev.imagebuilder.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class JsonLayoutTest {
  private static final Logger log = LoggerFactory.getLogger(JsonLayoutTest.class);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final LogSetup setup = install(LogFormat.JSON);

  @Test
  @Tag("row-135")
  void lineHasTheFieldsOfMk3() {
    log.atInfo().addKeyValue("buildID", "b1").addKeyValue("place", 3).log("queued");

    JsonNode line = onlyLine();
    assertThat(line.get("message").asString()).isEqualTo("queued");
    assertThat(line.get("level").asString()).isEqualTo("info");
    assertThat(line.get("severity").asString()).isEqualTo("INFO");
    assertThat(Instant.parse(line.get("time").asString())).isBefore(Instant.now().plusSeconds(1));
    assertThat(line.at("/serviceContext/service").asString()).isEqualTo("svc");
    assertThat(line.at("/serviceContext/version").asString()).isEqualTo("v1");
    assertThat(line.get("file").asString()).matches("JsonLayoutTest\\.java:[0-9]+");
    assertThat(line.get("func").asString()).endsWith("JsonLayoutTest.lineHasTheFieldsOfMk3");
    assertThat(line.get("buildID").asString()).isEqualTo("b1");
    assertThat(line.get("place").asInt()).isEqualTo(3);
    assertThat(line.has("error")).isFalse();
    assertThat(line.has("@type")).isFalse();
  }

  @Test
  @Tag("row-135")
  void severitiesFollowLevels() {
    setup.setLevel(LogLevel.TRACE);

    log.trace("a");
    log.debug("b");
    log.warn("c");
    log.error("d");

    assertThat(lines().stream().map(line -> line.get("severity").asString()))
        .containsExactly("DEBUG", "DEBUG", "WARNING", "ERROR");
    assertThat(lines().stream().map(line -> line.get("level").asString()))
        .containsExactly("trace", "debug", "warning", "error");
  }

  @Test
  @Tag("row-135")
  void warningWithErrorIsReported() {
    log.atWarn().setCause(new IllegalStateException("boom")).log("coped");
    log.atInfo().setCause(new IllegalStateException("boom")).log("fine");

    assertThat(lines().get(0).get("@type").asString()).endsWith("v1beta1.ReportedErrorEvent");
    assertThat(lines().get(0).get("error").asString())
        .contains("IllegalStateException: boom", "JsonLayoutTest.java");
    assertThat(lines().get(1).has("@type")).isFalse();
    assertThat(lines().get(1).has("error")).isTrue();
  }

  @Test
  @Tag("row-135")
  void errorThatIsATextIsReportedToo() {
    log.atError().addKeyValue("error", "of eve@example.com").log("failed");
    log.atInfo().addKeyValue("error", "no such build").log("finished");

    assertThat(lines().get(0).get("@type").asString()).endsWith("v1beta1.ReportedErrorEvent");
    assertThat(lines().get(0).get("error").asString()).isEqualTo("of [redacted:email]");
    assertThat(lines().get(1).has("@type")).isFalse();
    assertThat(lines().get(1).get("error").asString()).isEqualTo("no such build");
  }

  @Test
  @Tag("row-136")
  void sensitiveFieldsAreHidden() {
    log.atInfo()
        .addKeyValue("auth_user", "eve")
        .addKeyValue("ownerToken", "t0ken")
        .addKeyValue("Username", "eve")
        .addKeyValue("who", "mail eve@example.com now")
        .addKeyValue("from", "https://u:pw@git.example/a/b.git")
        .addKeyValue("image", "alpine@sha256:0123")
        .addKeyValue("spec", Map.of("password", "pw"))
        .addKeyValue("list", List.of("pw"))
        .addKeyValue("record", new Holder("pw"))
        .log("x");

    JsonNode line = onlyLine();
    assertThat(line.get("auth_user").asString()).isEqualTo("[redacted:auth_user]");
    assertThat(line.get("ownerToken").asString()).isEqualTo("[redacted:ownerToken]");
    assertThat(line.get("Username").asString()).matches("\\[redacted:md5:[0-9a-f]{32}:Username]");
    assertThat(line.get("who").asString()).isEqualTo("mail [redacted:email] now");
    assertThat(line.get("from").asString()).matches("\\[redacted:md5:[0-9a-f]{32}:url]");
    assertThat(line.get("image").asString()).isEqualTo("alpine@sha256:0123");
    assertThat(line.get("spec").asString()).isEqualTo("[redacted:nested]");
    assertThat(line.get("list").asString()).isEqualTo("[redacted:nested]");
    assertThat(line.get("record").asString()).isEqualTo("[redacted:nested]");
  }

  @Test
  void strangersCannotForgeLinesOrFields() {
    String evil = "x\n{\"message\":\"forged\"}\r\u001b[2J\u2028\u202e\ud800\u0085\"\\";

    log.atInfo().addKeyValue("ref", evil).addKeyValue("message", "other").log("was {}", evil);

    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    assertThat(out.toString(StandardCharsets.UTF_8).strip())
        .matches("[^\\p{Cntrl}\u2028\u202e\u0085]*");
    JsonNode line = onlyLine();
    assertThat(line.get("ref").asString()).isEqualTo(evil);
    assertThat(line.get("message").asString()).isEqualTo("was " + evil);
    assertThat(line.get("fields.message").asString()).isEqualTo("other");
  }

  @Test
  void longTextsAreCut() {
    log.atInfo().addKeyValue("ref", "\\\"".repeat(1_000_000)).log("x");

    assertThat(out.size()).isLessThan(100_000);
    assertThat(onlyLine().get("ref").asString()).endsWith("more characters)");
  }

  @Test
  void linesAreCountedByLevelAndLevelCanChange() {
    log.debug("not seen");
    log.warn("seen");
    setup.setLevel(LogLevel.DEBUG);
    log.debug("seen");

    assertThat(setup.level()).isEqualTo(LogLevel.DEBUG);
    assertThat(setup.lineCounts())
        .containsEntry(LogLevel.WARNING, 1L)
        .containsEntry(LogLevel.DEBUG, 1L)
        .containsEntry(LogLevel.ERROR, 0L);
  }

  @Test
  void javaUtilLoggingArrivesToo() {
    java.util.logging.Logger.getLogger("io.grpc.Some").warning("from JUL");

    assertThat(onlyLine().get("message").asString()).isEqualTo("from JUL");
  }

  @Test
  void textLayoutKeepsOneLinePerEventAndIndentsStacks() {
    install(LogFormat.TEXT);

    log.atWarn()
        .addKeyValue("a b", "c\nd")
        .addKeyValue("n", 1)
        .setCause(new IllegalStateException("bo\nom"))
        .log("two\nlines");

    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines.getFirst()).endsWith(" warning two\\nlines a b=c\\nd n=1");
    assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("    "));
  }

  @Test
  void levelsOfTheEnvironmentAreUnderstood() {
    assertThat(LogOptions.levelFrom(Map.of())).isEqualTo(LogLevel.INFO);
    assertThat(LogOptions.levelFrom(Map.of("LOG_LEVEL", "Warn"))).isEqualTo(LogLevel.WARNING);
    assertThat(LogOptions.levelFrom(Map.of("LOG_LEVEL", "nonsense"))).isEqualTo(LogLevel.INFO);
  }

  private LogSetup install(LogFormat format) {
    return LogSetup.install(new LogOptions("svc", "v1", format, LogLevel.INFO), out);
  }

  private JsonNode onlyLine() {
    assertThat(lines()).hasSize(1);
    return lines().getFirst();
  }

  private List<JsonNode> lines() {
    JsonMapper mapper = JsonMapper.shared();
    return out.toString(StandardCharsets.UTF_8).lines().map(mapper::readTree).toList();
  }

  private record Holder(String password) {}
}
