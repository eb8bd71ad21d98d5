package dev.imagebuilder.ecr;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Secret;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Numbers its tokens: {@code eu-west-1#1}. */
final class FakeIssuer implements Issuer {
  private final List<Scope> asked = new CopyOnWriteArrayList<>();
  private final InstantSource clock;
  private volatile Duration lifetime = Duration.ofHours(12);
  private volatile @Nullable String failure;

  FakeIssuer(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public EcrToken issue(Scope scope) throws CredentialException {
    asked.add(scope);
    String why = failure;
    if (why != null) {
      throw new CredentialException(why);
    }
    Secret password = Secret.of(scope.region() + "#" + asked.size());
    return new EcrToken(new Credential.Password("AWS", password), clock.instant().plus(lifetime));
  }

  /** What was asked for so far. */
  List<Scope> asked() {
    return List.copyOf(asked);
  }

  void lifetime(Duration other) {
    lifetime = other;
  }

  /** From now on fails; null for works again. */
  void failure(@Nullable String why) {
    failure = why;
  }
}
