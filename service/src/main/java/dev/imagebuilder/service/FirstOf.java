package dev.imagebuilder.service;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.CredentialSource;
import java.util.List;

/** Asks several sources in turn; the first that knows a domain wins (SPEC 5.3). */
public record FirstOf(List<CredentialSource> sources) implements CredentialSource {
  public FirstOf {
    sources = List.copyOf(sources);
  }

  @Override
  public Credential find(String domain) throws CredentialException {
    for (CredentialSource source : sources) {
      Credential found = source.find(domain);
      if (found.isPresent()) {
        return found;
      }
    }
    return Credential.anonymous();
  }
}
