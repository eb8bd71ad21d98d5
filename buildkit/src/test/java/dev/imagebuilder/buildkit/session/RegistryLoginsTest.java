package dev.imagebuilder.buildkit.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.Secret;
import org.junit.jupiter.api.Test;

final class RegistryLoginsTest {
  private static final Credential READER = new Credential.Password("r", Secret.of("reads"));
  private static final Credential WRITER = new Credential.Password("w", Secret.of("writes"));

  private final RegistryLogins logins =
      new RegistryLogins(
          (_, _) -> {
            throw new AssertionError("no token is asked for");
          },
          new RegistryCredentials() {
            @Override
            public Credential forPull(Repository repository) {
              return repository.domain().equals("docker.io") ? READER : Credential.anonymous();
            }

            @Override
            public Credential forPush(Repository repository) {
              return repository.path().equals("ours/base") ? WRITER : Credential.anonymous();
            }
          },
          ImageReference.parse("reg.example/ours/base:1"));

  @Test
  void passwordForWritingComesOnlyWhenAllIsRead() throws Exception {
    assertThat(logins.password("reg.example")).isEqualTo(Credential.anonymous());

    logins.startPushing();

    assertThat(logins.password("reg.example")).isEqualTo(WRITER);
    assertThat(logins.password("reg.example:5000")).isEqualTo(Credential.anonymous());
  }

  @Test
  void hubIsKnownByTheNameOfItsRegistry() throws Exception {
    assertThat(logins.password("registry-1.docker.io")).isEqualTo(READER);
  }
}
