package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.FakeTokenService;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TestImages.Format;
import dev.imagebuilder.testing.TlsFiles;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's registry with token authentication: it verifies each token and what it allows. */
final class TokenRegistryIT {
  private static final TestImage INDEX = TestImages.index(Format.OCI, "tokens");
  private static final Credential ALICE = Ours.password("alice", "al:ice");
  private static final Credential BOB = Ours.password("bob", "builder");

  private final FakeRegistry service;
  private final DebianRegistry registry;
  private final Ours ours;
  private final Path layout;

  TokenRegistryIT(@TempDir Path folder) throws Exception {
    TlsFiles.make(folder);
    service =
        FakeRegistry.answering(
            FakeTokenService.signing(folder)
                .user("alice", "al:ice")
                .user("bob", "builder")
                .identity("identity", "alice"));
    registry = DebianRegistry.startWithTokens(URI.create(service.address() + "/token"), folder);
    ours = Ours.open();
    layout = INDEX.writeLayout(folder.resolve("layout"));
  }

  @AfterEach
  void close() throws Exception {
    ours.close();
    registry.close();
    service.close();
  }

  @Test
  void everybodyDoesWhatTheirTokensAllow() throws Exception {
    push("alice/app:1", ALICE);

    // The same registry, by password and by identity token.
    Credential identity = new Credential.IdentityToken(Secret.of("identity"));
    for (Credential alice : new Credential[] {ALICE, identity}) {
      assertThat(ours.resolve(name("alice/app:1"), alice).digest())
          .contains(INDEX.children().getFirst().digest());
    }
    assertThat(ours.copy(name("alice/app:1"), name("alice/copy:1"), ALICE, ALICE))
        .isEqualTo(INDEX.digest());
    assertThat(registry.log()).contains("?mount=sha256%3A");

    // Somebody else's.
    assertThat(ours.refusal(name("alice/app:1"), BOB).reason()).isEqualTo(Reason.DENIED);
    assertThat(ours.refusal(name("alice/app:1"), NOBODY).reason()).isEqualTo(Reason.DENIED);
    assertThat(Ours.refusal(() -> push("alice/other:1", BOB)).reason()).isEqualTo(Reason.DENIED);
  }

  @Test
  void whatMayNotBeMountedIsSent() throws Exception {
    push("alice/app:1", ALICE);

    // Each end has its own credential, and neither may touch the other's repository.
    assertThat(ours.copy(name("alice/app:1"), name("bob/app:1"), ALICE, BOB))
        .isEqualTo(INDEX.digest());

    assertThat(ours.resolve(name("bob/app:1"), BOB).digest())
        .contains(INDEX.children().getFirst().digest());
  }

  private void push(String to, Credential credential) throws Exception {
    ours.transfer()
        .pushLayout(layout, ImageReference.parse(name(to)), Ours.credentials(NOBODY, credential));
  }

  private String name(String rest) {
    return registry.domain() + "/" + rest;
  }
}
