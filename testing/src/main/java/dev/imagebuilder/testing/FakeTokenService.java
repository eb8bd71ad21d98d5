package dev.imagebuilder.testing;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A token service, and the guard of a registry that wants its tokens. Users may do everything below
 * their own name ({@code alice/…}), and everybody may read below {@code public/}.
 *
 * @see "distribution/docs/spec/auth/token.md and oauth.md"
 */
public final class FakeTokenService implements Answer {
  /** The service that challenges name. */
  public static final String SERVICE = "fake-registry";

  /** Who signs the tokens. */
  public static final String ISSUER = "fake-issuer";

  private static final Pattern REPOSITORY =
      Pattern.compile("/v2/(.+)/(?:manifests|blobs|tags|referrers)/.*");

  private final Optional<TokenSigner> signer;
  private final Map<String, String> passwords = new ConcurrentHashMap<>();
  private final Map<String, String> identities = new ConcurrentHashMap<>();
  private final Map<String, Grant> issued = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private volatile int lifetime = 300;
  private volatile boolean takesPost = true;

  private FakeTokenService(Optional<TokenSigner> signer) {
    this.signer = signer;
  }

  /** Gives tokens that only its own {@link #guard} understands. */
  public static FakeTokenService opaque() {
    return new FakeTokenService(Optional.empty());
  }

  /**
   * Gives tokens that Debian's registry understands.
   *
   * @param tls a folder of {@link TlsFiles}
   */
  public static FakeTokenService signing(Path tls) throws IOException {
    return new FakeTokenService(Optional.of(TokenSigner.of(tls)));
  }

  /** Knows a user by a password. */
  public FakeTokenService user(String name, String password) {
    passwords.put(name, password);
    return this;
  }

  /** Knows a user by an identity token. */
  public FakeTokenService identity(String token, String user) {
    identities.put(token, user);
    return this;
  }

  /** How long tokens live from now on; 0 gives them the lifetime that is not said, a minute. */
  public void lifetime(int seconds) {
    lifetime = seconds;
  }

  /** From now on POST is answered by 404, as by services that know GET only. */
  public void refusePost() {
    takesPost = false;
  }

  /** All tokens so far are worth nothing any more to the {@link #guard}. */
  public void revoke() {
    issued.clear();
  }

  /** Answers for a registry to all who show a token that allows what they want. */
  public Answer guard(URI realm, Answer registry) {
    return request -> {
      Set<String> needed = needed(request);
      String shown = request.header("Authorization").orElse("");
      Optional<Grant> grant =
          shown.startsWith("Bearer ")
              ? Optional.ofNullable(issued.get(shown.substring("Bearer ".length())))
              : Optional.empty();
      if (grant.isPresent() && grant.get().access().containsAll(needed)) {
        return registry.to(request);
      }
      String error = grant.isPresent() ? "insufficient_scope" : "invalid_token";
      String challenge =
          "Bearer realm=\"%s\",service=\"%s\",scope=\"%s\"%s"
              .formatted(
                  realm,
                  SERVICE,
                  String.join(" ", needed),
                  shown.isEmpty() ? "" : ",error=\"" + error + "\"");
      return Answer.unauthorized(challenge).to(request);
    };
  }

  @Override
  public Reply to(Request request) throws IOException {
    boolean isPost = request.method().equals("POST");
    if (isPost && !takesPost) {
      return Reply.error(404, "NOT_FOUND");
    }
    int question = request.target().indexOf('?');
    String query = question < 0 ? "" : request.target().substring(question + 1);
    List<Map.Entry<String, String>> form = form(isPost ? request.text() : query);
    Optional<String> user = isPost ? userOf(form) : userOf(request);
    if (user.isEmpty()) {
      return Reply.error(401, "UNAUTHORIZED");
    }
    Set<String> access = new TreeSet<>();
    form.stream()
        .filter(pair -> pair.getKey().equals("scope"))
        .flatMap(pair -> Arrays.stream(pair.getValue().split(" ", -1)))
        .forEach(scope -> addAllowed(scope, user.get(), access));
    return give(new Grant(user.get(), access));
  }

  private Reply give(Grant grant) throws IOException {
    String text = "token-" + count.incrementAndGet() + "-of-" + grant.user();
    if (signer.isPresent()) {
      text = signer.get().sign(text, grant.user(), grant.access());
    }
    issued.put(text, grant);
    String expiry = lifetime == 0 ? "" : ",\"expires_in\":" + lifetime;
    String json = "{\"token\":\"%s\"%s}".formatted(text, expiry);
    return Reply.of(200, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  /** Empty if the password is wrong; nobody in particular is {@code nobody}. */
  private Optional<String> userOf(Request request) {
    Optional<String> shown = request.header("Authorization");
    if (shown.isEmpty()) {
      return Optional.of("nobody");
    }
    byte[] pair = Base64.getDecoder().decode(shown.get().substring("Basic ".length()));
    String text = new String(pair, StandardCharsets.UTF_8);
    int colon = text.indexOf(':');
    return known(text.substring(0, colon), text.substring(colon + 1));
  }

  private Optional<String> userOf(List<Map.Entry<String, String>> form) {
    return switch (value(form, "grant_type")) {
      case "password" -> known(value(form, "username"), value(form, "password"));
      case "refresh_token" -> Optional.ofNullable(identities.get(value(form, "refresh_token")));
      default -> Optional.empty();
    };
  }

  private Optional<String> known(String user, String password) {
    return password.equals(passwords.get(user)) ? Optional.of(user) : Optional.empty();
  }

  /** {@code repository:alice/app:pull,push} becomes an entry for each action that is allowed. */
  private static void addAllowed(String scope, String user, Set<String> access) {
    String[] parts = scope.split(":", 3);
    if (parts.length < 3) {
      return;
    }
    for (String action : parts[2].split(",", -1)) {
      boolean isOwn = parts[1].startsWith(user + "/");
      boolean isPublic = parts[1].startsWith("public/") && action.equals("pull");
      if (isOwn || isPublic) {
        access.add(parts[0] + ":" + parts[1] + ":" + action);
      }
    }
  }

  private static Set<String> needed(Request request) {
    Matcher path = REPOSITORY.matcher(request.path());
    Set<String> needed = new TreeSet<>();
    if (!path.matches()) {
      return needed;
    }
    needed.add("repository:" + path.group(1) + ":pull");
    if (!Set.of("GET", "HEAD").contains(request.method())) {
      needed.add("repository:" + path.group(1) + ":push");
    }
    int question = request.target().indexOf('?');
    String from = value(form(question < 0 ? "" : request.target().substring(question + 1)), "from");
    if (!from.isEmpty()) {
      needed.add("repository:" + from + ":pull");
    }
    return needed;
  }

  private static String value(List<Map.Entry<String, String>> form, String name) {
    return form.stream()
        .filter(pair -> pair.getKey().equals(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  private static List<Map.Entry<String, String>> form(String text) {
    List<Map.Entry<String, String>> pairs = new ArrayList<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
        pairs.add(Map.entry(pair.substring(0, equals), value));
      }
    }
    return pairs;
  }

  private record Grant(String user, Set<String> access) {
    private Grant {
      access = Set.copyOf(access);
    }
  }
}
