package dev.imagebuilder.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SecretFormsTest {
  private static final String PASSWORD = "s3cr?t /ü+\"x\"";
  private final Redactor redactor = new Redactor();

  @Test
  void everyFormOfAPasswordIsHidden() {
    redactor.hide(SecretForms.of(new Credential.Password("ann", Secret.of(PASSWORD))));

    assertHidden(PASSWORD);
    assertHidden("s3cr%3Ft+%2F%C3%BC%2B%22x%22");
    assertHidden("s3cr%3Ft%20%2F%C3%BC%2B%22x%22");
    assertHidden("s3cr?t /ü+\\\"x\\\"");
    assertHidden(base64(PASSWORD));
    assertHidden(base64("ann:" + PASSWORD));
    assertThat(redactor.clean("ann")).isEqualTo("ann");
  }

  @Test
  void aRequestsOwnCredentialsAreHiddenDecodedAndAsTheyAre() {
    redactor.hide(
        SecretForms.of(Map.of("a", Secret.of(base64("ann:topsecret")), "b", Secret.of("broken!"))));

    assertHidden("topsecret");
    assertHidden(base64("ann:topsecret"));
    assertHidden("broken!");
  }

  @Test
  void whatOpensAGitRemoteIsHiddenAlsoInItsUrl() {
    redactor.hide(SecretForms.of(git("https://git.example/a.git", "login-password")));
    redactor.hide(SecretForms.of(git("https://ann:url%2Fpassword@git.example/a.git", "")));
    redactor.hide(SecretForms.of(git("https://onlytoken@git.example/a.git", "")));

    assertHidden("login-password");
    assertHidden("url/password");
    assertThat(redactor.clean("clone https://ann:url%2Fpassword@git.example/a.git failed"))
        .isEqualTo("clone https://ann:***@git.example/a.git failed");
    assertHidden("onlytoken");
  }

  @Test
  void secretThatIsNoTextIsHiddenAsBytesAndInBase64() {
    byte[] key = {(byte) 0x89, 'K', 0, (byte) 0xff, '\n', (byte) 0xc3, 'x', (byte) 0xfe};
    var wishes = DockerfileWishes.NONE.withSecrets(Map.of("key", Secret.of(key)));
    var source =
        new BuildSource.Dockerfile(
            git("https://git.example/a.git", ""), "", "Dockerfile", ".", wishes);

    redactor.hide(SecretForms.of(source));
    redactor.hideBytes(SecretForms.raw(source));

    assertThat(redactor.next(key)).isEqualTo("***".getBytes(StandardCharsets.US_ASCII));
    assertHidden(Base64.getEncoder().withoutPadding().encodeToString(key));
  }

  @Test
  void linesOfAKeyFileAreHiddenOneByOne() {
    redactor.hide(
        SecretForms.of("_json_key", Secret.of("{\n  \"private_key\": \"abcdefghijk\"\n}")));

    assertThat(redactor.clean("#5 0.1   \"private_key\": \"abcdefghijk\""))
        .isEqualTo("#5 0.1   ***");
  }

  @Test
  void wordsTooShortToHideAreLeft() {
    assertThat(SecretForms.of("ann", Secret.of("abc"))).isEmpty();
    assertThat(SecretForms.of(new Credential.Anonymous())).isEqualTo(Set.of());
  }

  private void assertHidden(String text) {
    assertThat(redactor.clean("<" + text + ">")).as(text).matches("<\\*\\*\\*=*>");
  }

  private static GitSource git(String remote, String password) {
    GitLogin login = new GitLogin("ann", Secret.of(password));
    return new GitSource(remote, remote, CloneMode.REMOTE_HEAD, "", "", false, login);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
