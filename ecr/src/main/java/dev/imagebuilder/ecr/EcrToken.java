package dev.imagebuilder.ecr;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * A login that ends by itself.
 *
 * @param expires when registries begin to refuse it
 */
record EcrToken(Credential.Password credential, Instant expires) {

  /**
   * Reads what AWS gives out: base64 of {@code user:password}.
   *
   * @throws CredentialException if it is something else; says nothing of what it is
   */
  static EcrToken parse(Secret token, Instant expires) throws CredentialException {
    String pair;
    try {
      byte[] bytes = Base64.getDecoder().decode(token.reveal());
      pair = new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw new CredentialException("cannot understand ECR token: it is not base64");
    }
    List<String> segments = List.of(pair.split(":", -1));
    if (segments.size() != 2) {
      throw new CredentialException(
          "cannot understand ECR token. Expected 2 segments, got " + segments.size());
    }
    Secret password = Secret.of(segments.getLast());
    return new EcrToken(new Credential.Password(segments.getFirst(), password), expires);
  }
}
