package dev.imagebuilder.registry;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Printable;
import dev.imagebuilder.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a Docker configuration says about credentials, read as strictly as Docker's CLI does: one
 * bad entry spoils the file.
 *
 * @param auths by key as written, in the order of the file
 * @param helpers names of credential helpers, by domain
 * @param store the name of the helper for all other domains; empty for none
 * @see "SPEC 5.1; docker/cli v25 cli/config/configfile, cli/config/credentials"
 */
record DockerConfigFile(Map<String, Credential> auths, Map<String, String> helpers, String store) {

  /** No credentials at all. */
  static final DockerConfigFile EMPTY = new DockerConfigFile(Map.of(), Map.of(), "");

  DockerConfigFile {
    auths = new LinkedHashMap<>(auths);
    helpers = Map.copyOf(helpers);
  }

  /**
   * Reads a file's content.
   *
   * @throws CredentialException if it is not a Docker configuration; says what is wrong, never what
   *     is in it
   */
  static DockerConfigFile parse(byte[] content) throws CredentialException {
    JsonNode root;
    try {
      root = JsonMapper.shared().readTree(content);
    } catch (JacksonException e) {
      // Jackson's own message quotes the text.
      var at = e.getLocation();
      throw new CredentialException("not JSON" + (at == null ? "" : " at line " + at.getLineNr()));
    }
    if (!root.isObject()) {
      throw new CredentialException("not a JSON object");
    }
    Map<String, Credential> auths = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : object(root, "auths").properties()) {
      auths.put(entry.getKey(), credential(entry.getKey(), entry.getValue()));
    }
    Map<String, String> helpers = new LinkedHashMap<>();
    JsonNode named = object(root, "credHelpers");
    for (String domain : named.propertyNames()) {
      helpers.put(domain, text(named, domain, "credHelpers"));
    }
    return new DockerConfigFile(auths, helpers, text(root, "credsStore", ""));
  }

  /** The helper for a key alone, if one is configured; the store knows all others. */
  Optional<String> helperFor(String key) {
    return Optional.ofNullable(helpers.get(key)).filter(name -> !name.isEmpty());
  }

  /** The credential of a key, or else of a key whose host it is. */
  Optional<Credential> auth(String key) {
    if (auths.containsKey(key)) {
      return Optional.ofNullable(auths.get(key));
    }
    return auths.entrySet().stream()
        .filter(entry -> hostOf(entry.getKey()).equals(key))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** {@code https://reg.example/v1/} and {@code reg.example/v1} are {@code reg.example}. */
  private static String hostOf(String key) {
    String bare = key.contains("://") ? key.substring(key.indexOf("://") + 3) : key;
    return bare.split("/", 2)[0];
  }

  private static Credential credential(String key, JsonNode entry) throws CredentialException {
    if (!entry.isObject()) {
      throw new CredentialException("auths." + shown(key) + " is not an object");
    }
    String where = "auths." + shown(key);
    String username = text(entry, "username", where);
    String password = text(entry, "password", where);
    String auth = text(entry, "auth", where);
    String identity = text(entry, "identitytoken", where);
    if (!auth.isEmpty()) {
      List<String> parts = decoded(auth, where);
      username = parts.get(0);
      password = parts.get(1);
    }
    if (!identity.isEmpty()) {
      return new Credential.IdentityToken(Secret.of(identity));
    }
    return password.isEmpty()
        ? Credential.anonymous()
        : new Credential.Password(username, Secret.of(password));
  }

  /** User and password: what is before and after the first colon. */
  private static List<String> decoded(String auth, String where) throws CredentialException {
    byte[] bytes;
    try {
      String unbroken = auth.replaceAll("[\r\n]", "");
      if (unbroken.length() % 4 != 0) {
        throw new CredentialException(where + ".auth is not base64");
      }
      bytes = Base64.getDecoder().decode(unbroken);
    } catch (IllegalArgumentException _) {
      throw new CredentialException(where + ".auth is not base64");
    }
    String pair = new String(bytes, StandardCharsets.UTF_8);
    int colon = pair.indexOf(':');
    if (colon <= 0) {
      throw new CredentialException(where + ".auth is not base64 of user:password");
    }
    List<String> parts = new ArrayList<>(List.of(pair.substring(0, colon)));
    parts.add(pair.substring(colon + 1).replaceAll("^\0+|\0+$", ""));
    return parts;
  }

  private static JsonNode object(JsonNode parent, String name) throws CredentialException {
    JsonNode node = parent.path(name);
    if (!node.isObject() && !node.isMissingNode() && !node.isNull()) {
      throw new CredentialException(name + " is not an object");
    }
    return node;
  }

  private static String text(JsonNode parent, String name, String where)
      throws CredentialException {
    JsonNode node = parent.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return "";
    }
    if (!node.isString()) {
      String path = where.isEmpty() ? name : where + "." + shown(name);
      throw new CredentialException(path + " is not a text");
    }
    return node.asString();
  }

  private static String shown(String key) {
    return Printable.of(key, 100);
  }
}
