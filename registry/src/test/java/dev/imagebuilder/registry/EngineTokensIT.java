package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.RegistryTokens.Wish;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.FakeTokenService;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An engine reads as bob and writes as alice. */
final class EngineTokensIT {
  private static final Credential ALICE = Ours.password("alice", "al:ice");
  private static final Credential BOB = Ours.password("bob", "builder");

  private final FakeRegistry service;
  private final Registries registries = new Registries(RegistryOptions.defaults(), Network.ofJdk());

  EngineTokensIT() throws Exception {
    service =
        FakeRegistry.answering(
            FakeTokenService.opaque().user("alice", "al:ice").user("bob", "builder"));
  }

  @AfterEach
  void close() {
    registries.close();
    service.close();
  }

  @Test
  void scopesDecideWhoAsks() throws Exception {
    assertThat(token("repository:bob/base:pull")).endsWith("-of-bob");
    assertThat(token("repository:alice/app:pull,push")).endsWith("-of-alice");
    assertThat(token("repository:bob/base:pull", "repository:alice/app:pull,push"))
        .endsWith("-of-alice");
  }

  @Test
  void tokenIsKeptForTheNextWish() throws Exception {
    String first = token("repository:bob/base:pull");

    assertThat(token("repository:bob/base:pull")).isEqualTo(first);
    assertThat(token("repository:bob/other:pull")).isNotEqualTo(first);
  }

  @Test
  void wishThatNamesNoRepositoryIsRefused() {
    for (String scope : new String[] {"", "registry:catalog:*", "repository:../x:pull"}) {
      assertThat(Ours.refusal(() -> token(scope)).reason())
          .as(scope)
          .isEqualTo(Reason.INVALID_ANSWER);
    }
    assertThat(service.requests()).isEmpty();
  }

  private String token(String... scopes) throws Exception {
    Wish wish =
        new Wish(service.domain(), service.address() + "/token", "fake-registry", List.of(scopes));
    return registries.tokens().fetch(wish, Ours.credentials(BOB, ALICE)).text().reveal();
  }
}
