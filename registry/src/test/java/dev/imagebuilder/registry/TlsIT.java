package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static dev.imagebuilder.registry.Ours.TESTER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.devregistry.DevRegistry;
import dev.imagebuilder.devregistry.DevRegistryOptions;
import dev.imagebuilder.registry.HostOptions.Scheme;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.DebianRegistry.Feature;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Ports;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.Request;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TlsFiles;
import dev.imagebuilder.testing.TlsFiles.Flaw;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When TLS is spoken, who is trusted, and what TLS must not be left for. */
final class TlsIT {
  private static final TestImage IMAGE = TestImages.oci("hello");
  @TempDir private static Path files;
  private static Path good = Path.of("/");

  @BeforeAll
  static void makeCertificate() throws Exception {
    good = Files.createDirectory(files.resolve("good"));
    TlsFiles.make(good);
  }

  @Test
  void aLoopbackRegistryThatSpeaksTlsIsSpokenToByTls() throws Exception {
    try (DebianRegistry registry = DebianRegistry.start(Feature.TLS, Feature.PASSWORD);
        Ours ours = trusting(registry.authority(), registry.domain())) {
      registry.client().push("app", "1", IMAGE);

      assertThat(ours.resolve(registry.domain() + "/app:1", TESTER).digest())
          .contains(IMAGE.digest());
      assertThat(
              ours.copy(registry.domain() + "/app:1", registry.domain() + "/b:1", TESTER, TESTER))
          .isEqualTo(IMAGE.digest());
      assertThat(registry.log()).doesNotContain("Authorization");
    }
  }

  @Test
  void aLoopbackRegistryWithoutTlsIsSpokenToPlainly() throws Exception {
    try (FakeRegistry plain = FakeRegistry.answering(Answer.serving(IMAGE));
        Ours ours = Ours.open()) {
      ours.resolve(plain.domain() + "/a:1", Ours.password("me", "secret"));

      // The first question gives nothing away, and is asked once a minute.
      Request asked = plain.requests().getFirst();
      assertThat(asked).hasToString("GET /v2/");
      assertThat(asked.headers()).doesNotContainKey("authorization");
      ours.clock.turn(Duration.ofSeconds(59));
      ours.resolve(plain.domain() + "/a:1", NOBODY);
      assertThat(probes(plain)).isEqualTo(1);
      ours.clock.turn(Duration.ofSeconds(2));
      ours.resolve(plain.domain() + "/a:1", NOBODY);
      assertThat(probes(plain)).isEqualTo(2);
    }
  }

  @Test
  void aRegistryThatIsNotThereYetIsAskedAgain() throws Exception {
    int port = Ports.free();
    try (Ours ours = Ours.open()) {
      assertThat(ours.refusal("localhost:" + port + "/a:1", NOBODY).reason())
          .isEqualTo(Reason.TRANSPORT);
      try (FakeRegistry later = FakeRegistry.answering(Answer.serving(IMAGE))) {
        ours.resolve(later.domain() + "/a:1", NOBODY);
      }
    }
  }

  @Test
  void aCertificateThatNobodyVouchedForIsNamed() throws Exception {
    assertRefused(good, Ours.open(), "the certificate of %s is not trusted: ");
  }

  @Test
  void anExpiredCertificateIsRefused() throws Exception {
    Path expired = Files.createDirectory(files.resolve("expired"));
    TlsFiles.make(expired, Flaw.EXPIRED);

    assertRefused(expired, null, "the certificate of %s is not trusted: ");
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() throws Exception {
    Path other = Files.createDirectory(files.resolve("other"));
    TlsFiles.make(other, Flaw.OTHER_HOST);

    assertRefused(other, null, "the certificate of %s is not trusted: ");
  }

  @Test
  void anAuthorityIsTrustedForItsHostOnly() throws Exception {
    try (FakeRegistry registry = secure(good);
        Ours ours = trusting(good.resolve(TlsFiles.AUTHORITY), "other.example")) {
      assertThat(ours.refusal(registry.domain() + "/a:1", NOBODY).reason())
          .isEqualTo(Reason.TRANSPORT);
    }
  }

  @Test
  void plainHttpIsNeverFallenBackTo() throws Exception {
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
        ServerSocket rude = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
        Ours ours = Ours.open()) {
      String domain = "localhost:" + rude.getLocalPort();
      var _ = thread.submit(() -> hangUp(rude));

      RegistryException refused = ours.refusal(domain + "/a:1", NOBODY);

      assertThat(refused.reason()).isEqualTo(Reason.TRANSPORT);
      assertThat(refused).hasMessageContaining(domain);
    }
  }

  @Test
  void plainHttpWhereTlsIsSpokenIsARefusal() throws Exception {
    try (FakeRegistry registry = secure(good);
        Ours ours = Ours.plain(registry.domain())) {
      assertThat(ours.refusal(registry.domain() + "/a:1", NOBODY).reason())
          .isIn(Reason.TRANSPORT, Reason.OTHER);
    }
  }

  @Test
  void nothingButBlobsMayLeaveTls() throws Exception {
    try (FakeRegistry registry = secure(good);
        FakeRegistry plain = FakeRegistry.answering(Answer.serving(IMAGE));
        DevRegistry target =
            DevRegistry.start(DevRegistryOptions.onLoopback(files.resolve("d"), 0));
        Ours ours = trusting(good.resolve(TlsFiles.AUTHORITY), registry.domain())) {
      Answer away =
          request -> Answer.redirect(307, URI.create(plain.address() + request.path())).to(request);
      registry.answer(away);
      assertThat(ours.refusal(registry.domain() + "/a:1", NOBODY))
          .hasMessageEndingWith("redirects from https to http");
      assertThat(plain.requests()).isEmpty();

      registry.answer(away.when(TlsIT::readsBlob, Answer.serving(IMAGE)));
      assertThat(ours.copy(registry.domain() + "/a:1", target.domain() + "/b:1"))
          .isEqualTo(IMAGE.digest());
    }
  }

  @Test
  void aPasswordIsNotSentToATokenServiceWithoutTls() throws Exception {
    try (FakeRegistry registry = secure(good);
        FakeRegistry service = FakeRegistry.start();
        Ours ours = trusting(good.resolve(TlsFiles.AUTHORITY), registry.domain())) {
      registry.answer(Answer.unauthorized("Bearer realm=\"" + service.address() + "/token\""));

      RegistryException refused =
          ours.refusal(registry.domain() + "/a:1", Ours.password("me", "secret"));

      assertThat(refused.reason()).isEqualTo(Reason.INVALID_ANSWER);
      assertThat(refused).hasMessageContaining("names a token service without TLS");
      assertThat(service.requests()).isEmpty();
    }
  }

  @Test
  void anUploadStaysInTlsAlsoWhereTheRegistryDoesNotKnowOfIt() throws Exception {
    try (DebianRegistry behind = DebianRegistry.start();
        FakeRegistry registry = secure(good);
        FakeRegistry plain = FakeRegistry.start();
        Ours ours = trusting(good.resolve(TlsFiles.AUTHORITY), registry.domain())) {
      behind.client().push("from", "1", IMAGE);
      Answer passing = Answer.from(behind.address());
      registry.answer(passing);

      // The proxy in front says http://, as those that end TLS let registries do.
      assertThat(ours.copy(behind.domain() + "/from:1", registry.domain() + "/to:1"))
          .isEqualTo(IMAGE.digest());

      registry.answer(
          Answer.of(Reply.of(202).with("Location", plain.address() + "/v2/x"))
              .when(request -> request.method().equals("POST"), passing));
      RegistryException refused =
          Ours.refusal(
              () -> ours.copy(behind.domain() + "/from:1", registry.domain() + "/other:1"));
      assertThat(refused).hasMessageContaining("says to upload without TLS to " + plain.domain());
      assertThat(plain.requests()).isEmpty();
    }
  }

  private static void assertRefused(Path server, @Nullable Ours given, String why)
      throws Exception {
    try (FakeRegistry registry = secure(server);
        Ours ours =
            given == null
                ? trusting(server.resolve(TlsFiles.AUTHORITY), registry.domain())
                : given) {
      RegistryException refused =
          ours.refusal(registry.domain() + "/a:1", Ours.password("me", "secret"));

      assertThat(refused.reason()).isEqualTo(Reason.TRANSPORT);
      assertThat(refused).hasMessageContaining(why.formatted(registry.domain()));
      assertThat(registry.requests()).isEmpty();
    }
  }

  /** Until the socket is closed. */
  private static Void hangUp(ServerSocket socket) throws IOException {
    while (true) {
      socket.accept().close();
    }
  }

  private static FakeRegistry secure(Path folder) throws Exception {
    FakeRegistry registry = FakeRegistry.secure(folder);
    registry.answer(Answer.serving(IMAGE));
    return registry;
  }

  private static Ours trusting(Path authority, String... domains) throws Exception {
    Map<String, HostOptions> hosts = new HashMap<>();
    for (String domain : domains) {
      hosts.put(domain, new HostOptions(Scheme.AUTO, authority, List.of()));
    }
    return Ours.open(hosts);
  }

  private static int probes(FakeRegistry registry) {
    return registry.requests(request -> request.path().equals("/v2/")).size();
  }

  private static boolean readsBlob(Request request) {
    return request.method().equals("GET") && request.path().contains("/blobs/");
  }
}
