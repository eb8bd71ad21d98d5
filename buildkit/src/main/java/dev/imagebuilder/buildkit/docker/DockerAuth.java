package dev.imagebuilder.buildkit.docker;

import dev.imagebuilder.core.Credential;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Writes a credential as an Engine takes it with one request, and keeps it no longer. */
final class DockerAuth {

  private DockerAuth() {}

  /** The value of X-Registry-Auth. */
  static String header(String domain, Credential credential) {
    Map<String, String> members =
        switch (credential) {
          case Credential.Anonymous _ -> Map.of();
          case Credential.Password(var user, var password) ->
              Map.of("username", user, "password", password.reveal(), "serveraddress", domain);
          case Credential.IdentityToken(var token) ->
              Map.of("identitytoken", token.reveal(), "serveraddress", domain);
        };
    String json = JsonMapper.shared().writeValueAsString(members);
    return Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
