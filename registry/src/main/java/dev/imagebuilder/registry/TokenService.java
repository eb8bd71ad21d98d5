package dev.imagebuilder.registry;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.core.work.LruCache;
import dev.imagebuilder.registry.Purpose.Subject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Trades a credential for a token at the realm that a registry names.
 *
 * @see "distribution/docs/spec/auth/token.md and oauth.md"
 */
final class TokenService {
  private static final String CLIENT = "image-builder";
  private static final Duration STANDARD_LIFETIME = Duration.ofSeconds(60);
  private static final int LONGEST_ANSWER = 1 << 20;

  /** How realms that know only GET answer a POST; containerd's authorizer keeps the same list. */
  private static final Set<Integer> NO_POST = Set.of(400, 401, 404, 405);

  private final Transport transport;
  private final InstantSource clock;
  private final LruCache<URI, Boolean> realmsWithoutPost = new LruCache<>(200);

  TokenService(Transport transport, InstantSource clock) {
    this.transport = transport;
    this.clock = clock;
  }

  /**
   * Asks for a token.
   *
   * @throws RegistryException if there is none, or the realm may not see the credential
   */
  Token fetch(Wanted wanted, Patience patience) throws RegistryException, InterruptedException {
    URI realm = realm(wanted);
    return switch (wanted.credential()) {
      case Credential.Anonymous _ -> ask(wanted, get(wanted, realm), null, patience);
      case Credential.Password password -> byPassword(wanted, realm, password, patience);
      case Credential.IdentityToken(Secret token) ->
          ask(
              wanted,
              post(
                  wanted,
                  realm,
                  Map.of("grant_type", "refresh_token", "refresh_token", token.reveal())),
              null,
              patience);
    };
  }

  /** Only a web address, and none in the clear for a registry that is reached by TLS. */
  private static URI realm(Wanted wanted) throws RegistryException {
    Call call = wanted.call();
    URI realm;
    try {
      realm = URI.create(wanted.challenge().parameter("realm"));
    } catch (IllegalArgumentException _) {
      throw Faults.invalid(call, call.uri(), 401, "names a token service that is no URL");
    }
    if (!Origin.isWeb(realm) || realm.getRawFragment() != null) {
      throw Faults.invalid(call, call.uri(), 401, "names a token service that is no web address");
    }
    if (wanted.endpoint().origin().isHttps() && !Origin.of(realm).isHttps()) {
      throw Faults.invalid(
          call, call.uri(), 401, "names a token service without TLS, " + realm.getRawAuthority());
    }
    return realm;
  }

  private Token byPassword(
      Wanted wanted, URI realm, Credential.Password password, Patience patience)
      throws RegistryException, InterruptedException {
    if (realmsWithoutPost.get(realm).isEmpty()) {
      Map<String, String> grant = new LinkedHashMap<>();
      grant.put("grant_type", "password");
      grant.put("username", password.username());
      grant.put("password", password.password().reveal());
      Call post = post(wanted, realm, grant);
      Instant asked = clock.instant();
      try (Answer answer = send(wanted, post, null, patience)) {
        if (!NO_POST.contains(answer.status())) {
          return token(wanted, post, answer, asked);
        }
      }
    }
    Token token = ask(wanted, get(wanted, realm), Basic.of(password), patience);
    realmsWithoutPost.put(realm, true);
    return token;
  }

  private Token ask(Wanted wanted, Call call, @Nullable Secret authorization, Patience patience)
      throws RegistryException, InterruptedException {
    Instant asked = clock.instant();
    try (Answer answer = send(wanted, call, authorization, patience)) {
      return token(wanted, call, answer, asked);
    }
  }

  private Answer send(Wanted wanted, Call call, @Nullable Secret authorization, Patience patience)
      throws RegistryException, InterruptedException {
    Endpoint registry = wanted.endpoint();
    Endpoint realm = new Endpoint(call.uri(), registry.client(), registry.lanes());
    return transport.send(realm, call, authorization, patience);
  }

  private static Call get(Wanted wanted, URI realm) {
    List<String> query = new ArrayList<>();
    if (realm.getRawQuery() != null) {
      query.add(realm.getRawQuery());
    }
    if (!wanted.service().isEmpty()) {
      query.add("service=" + encoded(wanted.service()));
    }
    wanted.scopes().forEach(scope -> query.add("scope=" + encoded(scope.toString())));
    String path = realm.toString().split("\\?", 2)[0];
    URI uri = URI.create(query.isEmpty() ? path : path + "?" + String.join("&", query));
    return Call.of(wanted.purpose(realm), "GET", uri, List.of());
  }

  private static Call post(Wanted wanted, URI realm, Map<String, String> grant) {
    Map<String, String> form = new LinkedHashMap<>(grant);
    form.put("client_id", CLIENT);
    form.put("service", wanted.service());
    form.put("scope", String.join(" ", wanted.scopes().stream().map(Scope::toString).toList()));
    List<String> pairs = new ArrayList<>();
    form.forEach((name, value) -> pairs.add(name + "=" + encoded(value)));
    byte[] body = String.join("&", pairs).getBytes(StandardCharsets.US_ASCII);
    return Call.of(wanted.purpose(realm), "POST", realm, List.of())
        .with("Content-Type", "application/x-www-form-urlencoded")
        .with(Content.of(body));
  }

  private static Token token(Wanted wanted, Call call, Answer answer, Instant asked)
      throws RegistryException {
    if (!answer.isSuccess()) {
      throw Faults.refusal(call, answer, wanted.credential());
    }
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(answer.bytes(LONGEST_ANSWER));
    } catch (JacksonException _) {
      throw Faults.invalid(call, call.uri(), answer.status(), "answers no JSON");
    } catch (IOException e) {
      throw Faults.transport(call.purpose(), call.method(), call.uri(), e);
    }
    String text = json.path("token").asString("");
    if (text.isEmpty()) {
      text = json.path("access_token").asString("");
    }
    if (text.isEmpty() || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw Faults.invalid(call, call.uri(), answer.status(), "answers no token that can be sent");
    }
    long seconds = json.path("expires_in").asLong(0);
    Duration lifetime = seconds > 0 ? Duration.ofSeconds(seconds) : STANDARD_LIFETIME;
    return Token.of(Secret.of(text), asked, lifetime);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /**
   * A token that is wanted.
   *
   * @param call what it is for
   * @param challenge names the realm and the service
   */
  record Wanted(
      Endpoint endpoint,
      Call call,
      Credential credential,
      Challenge challenge,
      List<Scope> scopes) {
    Wanted {
      scopes = List.copyOf(scopes);
    }

    String service() {
      return challenge.parameter("service");
    }

    Purpose purpose(URI realm) {
      Purpose whole = call.purpose();
      String words = whole.words() + ": token from " + realm.getRawAuthority();
      return new Purpose(words, whole.repository(), Subject.TOKEN);
    }
  }
}
