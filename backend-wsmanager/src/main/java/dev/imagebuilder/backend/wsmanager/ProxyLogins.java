package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.RegistryCredentials.ProxyLogin;
import java.io.StringWriter;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Logins as bob's proxy reads them: the entries of a Docker configuration (SPEC 5.5). */
final class ProxyLogins {
  private static final JsonFactory JSON = new JsonFactory();

  private ProxyLogins() {}

  /** An object by domain; empty members are left out, and so is nothing else. */
  static String json(Map<String, ProxyLogin> logins) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      logins.forEach((domain, login) -> write(out, domain, login));
      out.writeEndObject();
    }
    return text.toString();
  }

  private static void write(JsonGenerator out, String domain, ProxyLogin login) {
    out.writeName(domain);
    out.writeStartObject();
    member(out, "username", login.username());
    member(out, "password", login.password().reveal());
    member(out, "auth", login.auth().reveal());
    // The installation's have none: they come from a file's entry of this name.
    member(out, "serveraddress", login.auth().isEmpty() ? domain : "");
    member(out, "identitytoken", login.identityToken().reveal());
    out.writeEndObject();
  }

  private static void member(JsonGenerator out, String name, String value) {
    if (!value.isEmpty()) {
      out.writeName(name);
      out.writeString(value);
    }
  }
}
