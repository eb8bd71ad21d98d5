package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SPEC 5.1. */
final class DockerConfigFileTest {

  @Test
  @Tag("row-57")
  void anAuthIsUserAndPasswordSplitAtTheFirstColon() throws CredentialException {
    DockerConfigFile config =
        parse("{\"auths\":{\"reg.io:5000\":{\"auth\":\"%s\"}}}".formatted(base64("me:p:w")));

    assertThat(config.auth("reg.io:5000")).contains(password("me", "p:w"));
    assertThat(config.auth("reg.io")).isEmpty();
  }

  @Test
  void userAndPasswordMayStandInTheOpen() throws CredentialException {
    DockerConfigFile config =
        parse("{\"auths\":{\"reg.io\":{\"username\":\"me\",\"password\":\"pw\"}}}");

    assertThat(config.auth("reg.io")).contains(password("me", "pw"));
  }

  @Test
  void theAuthCountsBeforeWhatStandsInTheOpen() throws CredentialException {
    DockerConfigFile config =
        parse(
            "{\"auths\":{\"reg.io\":{\"username\":\"x\",\"password\":\"y\",\"auth\":\"%s\"}}}"
                .formatted(base64("me:pw")));

    assertThat(config.auth("reg.io")).contains(password("me", "pw"));
  }

  @Test
  void anIdentityTokenCountsBeforeThePassword() throws CredentialException {
    DockerConfigFile config =
        parse(
            "{\"auths\":{\"reg.io\":{\"auth\":\"%s\",\"identitytoken\":\"tok\"}}}"
                .formatted(base64("me:pw")));

    assertThat(config.auth("reg.io")).contains(new Credential.IdentityToken(Secret.of("tok")));
  }

  @Test
  @Tag("row-57")
  void aKeyMayBeAUrlOfItsHost() throws CredentialException {
    DockerConfigFile config =
        parse(
            "{\"auths\":{\"https://reg.io/v1/\":{\"auth\":\"%s\"},\"other.io/v2\":{\"auth\":\"%s\"}}}"
                .formatted(base64("a:1"), base64("b:2")));

    assertThat(config.auth("reg.io")).contains(password("a", "1"));
    assertThat(config.auth("other.io")).contains(password("b", "2"));
    assertThat(config.auth("eg.io")).isEmpty();
    assertThat(config.auth("reg.io.evil.example")).isEmpty();
  }

  @Test
  @Tag("row-57")
  void theExactKeyCountsBeforeAUrl() throws CredentialException {
    DockerConfigFile config =
        parse(
            "{\"auths\":{\"https://reg.io/v1/\":{\"auth\":\"%s\"},\"reg.io\":{\"auth\":\"%s\"}}}"
                .formatted(base64("a:1"), base64("b:2")));

    assertThat(config.auth("reg.io")).contains(password("b", "2"));
  }

  @Test
  void anEntryWithoutAPasswordKnowsNobody() throws CredentialException {
    assertThat(parse("{\"auths\":{\"reg.io\":{}}}").auth("reg.io"))
        .contains(Credential.anonymous());
    assertThat(parse("{}").auth("reg.io")).isEmpty();
    assertThat(parse("{\"auths\":null,\"credHelpers\":null,\"credsStore\":null}").auth("reg.io"))
        .isEmpty();
  }

  @Test
  @Tag("row-61")
  void aDomainMayHaveAHelperOfItsOwn() throws CredentialException {
    DockerConfigFile config =
        parse("{\"credHelpers\":{\"reg.io\":\"one\"},\"credsStore\":\"all\",\"HttpHeaders\":{}}");

    assertThat(config.helperFor("reg.io")).contains("one");
    assertThat(config.helperFor("other.io")).isEmpty();
    assertThat(config.store()).isEqualTo("all");
    assertThat(parse("{}").store()).isEmpty();
  }

  @Test
  void paddingOfLineBreaksAndZerosIsNoPartOfAPassword() throws CredentialException {
    String broken = base64("me:" + "p".repeat(60)).replaceAll("(.{20})", "$1\\\\r\\\\n");

    assertThat(parse("{\"auths\":{\"r.io\":{\"auth\":\"%s\"}}}".formatted(broken)).auth("r.io"))
        .contains(password("me", "p".repeat(60)));
    assertThat(
            parse("{\"auths\":{\"r.io\":{\"auth\":\"%s\"}}}".formatted(base64("me:pw\0\0")))
                .auth("r.io"))
        .contains(password("me", "pw"));
  }

  @Test
  @Tag("row-60")
  void oneBadEntrySpoilsTheFileAndItsContentIsNotQuoted() {
    assertBad("{\"auths\":{\"reg.io\":{\"auth\":\"geheim!\"}}}", "auths.reg.io.auth is not base64");
    assertBad("{\"auths\":{\"reg.io\":{\"auth\":\"Z2VoZWlt\"}}}", "is not base64 of user:password");
    assertBad(
        "{\"auths\":{\"reg.io\":{\"auth\":\"%s\"}}}".formatted(base64(":geheim")),
        "is not base64 of user:password");
    assertBad("{\"auths\":{\"reg.io\":\"geheim\"}}", "auths.reg.io is not an object");
    assertBad("{\"auths\":{\"reg.io\":{\"password\":7}}}", "auths.reg.io.password is not a text");
    assertBad("{\"auths\":[]}", "auths is not an object");
    assertBad("{\"credHelpers\":{\"reg.io\":7}}", "credHelpers.reg.io is not a text");
    assertBad("{\"credsStore\":{}}", "credsStore is not a text");
    assertBad("{\n\"auths\": geheim", "not JSON at line 2");
    assertBad("[]", "not a JSON object");
    assertBad("", "not ");
  }

  private static void assertBad(String json, String why) {
    assertThatExceptionOfType(CredentialException.class)
        .as(json)
        .isThrownBy(() -> parse(json))
        .withMessageContaining(why)
        .satisfies(e -> assertThat(e).hasMessageNotContainingAny("geheim", "Z2VoZWlt"));
  }

  private static DockerConfigFile parse(String json) throws CredentialException {
    return DockerConfigFile.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Credential password(String user, String password) {
    return new Credential.Password(user, Secret.of(password));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
