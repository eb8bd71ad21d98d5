package dev.imagebuilder.service;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.CredentialSource;
import dev.imagebuilder.core.EcrHost;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.RegistryAuth.Mode;
import dev.imagebuilder.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which of the installation's credentials, or of its own, a request may use (SPEC 5.3). */
final class CredentialsPolicy {
  private static final Logger log = LoggerFactory.getLogger(CredentialsPolicy.class);

  private final CredentialSource installation;
  private final String baseDomain;
  private final String workspaceDomain;

  CredentialsPolicy(CredentialSource installation, ImageNames names) {
    this.installation = installation;
    this.baseDomain = ImageReference.parse(names.baseRepository()).domain();
    this.workspaceDomain = ImageReference.parse(names.workspaceRepository()).domain();
  }

  /** What a request may use on a domain: the installation's where allowed, else its own. */
  Credential forRequest(String domain, RegistryAuth auth) throws CredentialException {
    Credential found = allowed(domain, auth);
    return found.isPresent() ? found : own(auth.additional(), domain);
  }

  /** The installation's credential if the request may use it. */
  Credential allowed(String domain, RegistryAuth auth) throws CredentialException {
    return allows(auth.mode(), domain) ? installation.find(domain) : Credential.anonymous();
  }

  /** The installation's credential, for references that no request chooses (SPEC 5.4). */
  Credential forInstallation(String domain) throws CredentialException {
    return installation.find(domain);
  }

  /** A request's own credential for a domain: base64 of {@code user:secret}, last colon splits. */
  static Credential own(Map<String, Secret> additional, String domain) {
    return Optional.ofNullable(additional.get(domain))
        .flatMap(CredentialsPolicy::decoded)
        .orElse(Credential.anonymous());
  }

  private static Optional<Credential> decoded(Secret value) {
    String text;
    try {
      byte[] raw = Base64.getDecoder().decode(value.reveal().strip());
      text = new String(raw, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    Secret password = Secret.of(text.substring(colon + 1));
    return Optional.of(new Credential.Password(text.substring(0, colon), password));
  }

  private boolean allows(Mode mode, String domain) {
    if (EcrHost.matches(domain)) {
      return true;
    }
    return switch (mode) {
      case Mode.Nothing() -> false;
      case Mode.All() -> true;
      case Mode.Selective selective -> lists(selective, domain);
    };
  }

  private boolean lists(Mode.Selective mode, String domain) {
    boolean listed =
        mode.anyOf().contains(domain)
            || (mode.baseRepository() && domain.equals(baseDomain))
            || (mode.workspaceRepository() && domain.equals(workspaceDomain));
    if (!listed) {
      log.atWarn()
          .addKeyValue("registry", domain)
          .log("the request may not use the installation's credentials for this registry");
    }
    return listed;
  }
}
