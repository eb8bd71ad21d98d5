package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.Secret;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forms in which a secret may turn up in what a build prints. */
final class SecretForms {

  /**
   * Shorter ones are not hidden: that would tear every log apart and give them away all the same.
   */
  private static final int SHORTEST = 4;

  /** Lines of a secret, such as a key file, that are shorter say nothing. */
  private static final int SHORTEST_LINE = 12;

  /** The login in a URL; a user alone may be a token. */
  private static final Pattern LOGIN = Pattern.compile("^[^/]*//(?:([^/:]*):)?([^/]*)@");

  private SecretForms() {}

  /** All forms of a registry credential. */
  static Set<String> of(Credential credential) {
    return switch (credential) {
      case Credential.Anonymous() -> Set.of();
      case Credential.Password(var user, var password) -> of(user, password);
      case Credential.IdentityToken(var token) -> of("", token);
    };
  }

  /** All forms of a request's own registry credentials. */
  static Set<String> of(Map<String, Secret> additional) {
    Set<String> forms = new LinkedHashSet<>();
    additional.forEach((domain, value) -> {
      forms.addAll(of("", value));
      forms.addAll(of(CredentialsPolicy.own(additional, domain)));
    });
    return forms;
  }

  /** All forms of what a source brings along. */
  static Set<String> of(BuildSource source) {
    return switch (source) {
      case BuildSource.Dockerfile(var git, _, _, _, var wishes) -> {
        Set<String> forms = of(git);
        forms.addAll(of(wishes));
        yield forms;
      }
      case BuildSource.Directory(_, _, var wishes) -> of(wishes);
      case BuildSource.Image _, BuildSource.Unsupported _ -> Set.of();
    };
  }

  /** Those of a source's secrets that need not be texts, as they are. */
  static List<Secret> raw(BuildSource source) {
    DockerfileWishes wishes =
        switch (source) {
          case BuildSource.Dockerfile(_, _, _, _, var said) -> said;
          case BuildSource.Directory(_, _, var said) -> said;
          case BuildSource.Image _, BuildSource.Unsupported _ -> DockerfileWishes.NONE;
        };
    return wishes.secrets().values().stream()
        .filter(secret -> secret.revealBytes().length >= SHORTEST)
        .toList();
  }

  private static Set<String> of(DockerfileWishes wishes) {
    Set<String> forms = new LinkedHashSet<>();
    wishes.secrets().values().forEach(secret -> forms.addAll(of("", secret)));
    return forms;
  }

  /** All forms of what opens a git remote, be it in its URL. */
  static Set<String> of(GitSource git) {
    Set<String> forms = of(git.login().user(), git.login().password());
    forms.addAll(of("", git.extras().oneTimeLogin()));
    for (String remote : List.of(git.remoteUri(), git.upstreamRemoteUri())) {
      forms.addAll(inUrl(remote));
    }
    return forms;
  }

  /** The secret as it is, line by line, encoded for URLs and JSON, and in Base64. */
  static Set<String> of(String user, Secret secret) {
    String text = secret.reveal();
    Set<String> forms = new LinkedHashSet<>();
    if (text.length() < SHORTEST) {
      return forms;
    }
    forms.add(text);
    String form = URLEncoder.encode(text, StandardCharsets.UTF_8);
    forms.add(form);
    forms.add(form.replace("+", "%20"));
    forms.add(text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"));
    byte[] login = (user + ":" + text).getBytes(StandardCharsets.UTF_8);
    for (byte[] bytes : List.of(secret.revealBytes(), login)) {
      forms.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
      forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
    text.lines().map(String::strip).filter(l -> l.length() >= SHORTEST_LINE).forEach(forms::add);
    return forms;
  }

  private static Set<String> inUrl(String url) {
    Matcher login = LOGIN.matcher(url);
    if (!login.find()) {
      return Set.of();
    }
    String user = login.group(1) == null ? "" : login.group(1);
    String password = login.group(2);
    Set<String> forms = of(user, Secret.of(password));
    forms.addAll(of(unescaped(user), Secret.of(unescaped(password))));
    return forms;
  }

  private static String unescaped(String part) {
    try {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return part;
    }
  }
}
