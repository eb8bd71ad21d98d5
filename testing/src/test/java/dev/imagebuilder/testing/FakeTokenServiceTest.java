package dev.imagebuilder.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeTokenServiceTest {
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeTokenService tokens = FakeTokenService.opaque().user("alice", "pw");
  private final FakeRegistry service;
  private final FakeRegistry registry;

  FakeTokenServiceTest() throws Exception {
    service = FakeRegistry.answering(tokens);
    registry =
        FakeRegistry.answering(
            tokens.guard(service.address(), Answer.serving(TestImages.oci("hello"))));
  }

  @AfterEach
  void close() {
    registry.close();
    service.close();
    http.close();
  }

  @Test
  void aTokenOpensWhatItsUserMayDo() throws Exception {
    String alices = token("scope=repository:alice/app:pull,push", "alice:pw");

    assertThat(read("alice/app", alices)).isEqualTo(200);
    assertThat(read("bob/app", token("scope=repository:bob/app:pull", "alice:pw"))).isEqualTo(401);
    assertThat(read("alice/other", alices)).isEqualTo(401);
    assertThat(read("alice/app", "made-up")).isEqualTo(401);
    assertThat(read("public/app", token("scope=repository:public/app:pull,push", "")))
        .isEqualTo(200);
  }

  @Test
  void revokedTokensOpenNothing() throws Exception {
    String token = token("scope=repository:alice/app:pull", "alice:pw");

    tokens.revoke();

    assertThat(read("alice/app", token)).isEqualTo(401);
  }

  @Test
  void aPasswordMustBeRight() throws Exception {
    assertThat(ask("scope=a:b:pull", "alice:wrong").statusCode()).isEqualTo(401);
    assertThat(post("grant_type=password&username=alice&password=wrong")).isEqualTo(401);
    assertThat(post("grant_type=password&username=alice&password=pw")).isEqualTo(200);
    assertThat(post("grant_type=refresh_token&refresh_token=unknown")).isEqualTo(401);
    tokens.identity("known", "alice");
    assertThat(post("grant_type=refresh_token&refresh_token=known")).isEqualTo(200);
    tokens.refusePost();
    assertThat(post("grant_type=refresh_token&refresh_token=known")).isEqualTo(404);
  }

  private int read(String repository, String token) throws Exception {
    URI uri = URI.create(registry.address() + "/v2/" + repository + "/manifests/1");
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + token).build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private String token(String query, String login) throws Exception {
    Matcher token = TOKEN.matcher(ask(query, login).body());
    assertThat(token.find()).isTrue();
    return token.group(1);
  }

  private HttpResponse<String> ask(String query, String login) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(service.address() + "/token?" + query));
    if (!login.isEmpty()) {
      String basic = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
      request.header("Authorization", "Basic " + basic);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private int post(String form) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(service.address() + "/token"))
            .POST(BodyPublishers.ofString(form))
            .build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }
}
