package dev.imagebuilder.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.RegistryCredentials.ProxyLogin;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.core.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BuildCredentialsTest {
  private static final Credential INSTALLATION =
      new Credential.Password("robot", Secret.of("installed"));
  private static final Credential OWN = new Credential.Password("ann", Secret.of("annas-own"));
  private static final String ANY_ECR = "000000000000.dkr.ecr.dummy-host-zone.amazonaws.com";
  private static final String OWN_ENCODED =
      Base64.getEncoder().encodeToString("ann:annas-own".getBytes(StandardCharsets.UTF_8));
  private static final String HASH = ":" + "a".repeat(64);
  private final ImageNames names = new ImageNames("reg.example/base", "reg.example/ws");
  private final CredentialsPolicy policy = new CredentialsPolicy(_ -> INSTALLATION, names);
  private final Redactor redactor = new Redactor();

  @Test
  void onlyTheBuildsOwnResultsCanBePushed() throws Exception {
    BuildCredentials credentials = of(ServiceFixture.dockerfile("v1"), RegistryAuth.NOTHING);

    assertThat(credentials.forPush(repository("reg.example/base"))).isEqualTo(INSTALLATION);
    assertThat(credentials.forPush(repository("reg.example/ws"))).isEqualTo(INSTALLATION);
    assertThat(credentials.forPush(repository("reg.example/other")).isPresent()).isFalse();
    assertThat(credentials.forPush(repository("reg.example:443/ws")).isPresent()).isFalse();
  }

  @Test
  void theBaseOfAnImageSourceCannotBePushed() throws Exception {
    BuildCredentials credentials =
        of(new BuildSource.Image("reg.example/base" + HASH), RegistryAuth.NOTHING);

    assertThat(credentials.forPush(repository("reg.example/base")).isPresent()).isFalse();
    assertThat(credentials.forPush(repository("reg.example/ws"))).isEqualTo(INSTALLATION);
  }

  @Test
  void ownCredentialsNeverReplaceThoseForPushing() throws Exception {
    BuildCredentials credentials = of(ServiceFixture.dockerfile("v1"), bringing("reg.example"));

    assertThat(credentials.forPush(repository("reg.example/ws"))).isEqualTo(INSTALLATION);
  }

  @Test
  void pullsFollowTheRequestsPolicy() throws Exception {
    RegistryAuth all = new RegistryAuth(new RegistryAuth.Mode.All(), Map.of());

    assertThat(of(ServiceFixture.dockerfile("v1"), all).forPull(repository("docker.io/a/b")))
        .isEqualTo(INSTALLATION);
    assertThat(
            of(ServiceFixture.dockerfile("v1"), bringing("docker.io"))
                .forPull(repository("docker.io/a/b")))
        .isEqualTo(OWN);
  }

  @Test
  void aFromCannotReadOtherPeoplesBaseImagesButTheCopyReadsItsOwn() throws Exception {
    BuildCredentials credentials = of(ServiceFixture.dockerfile("v1"), RegistryAuth.NOTHING);
    Repository bases = repository("reg.example/base");

    assertThat(credentials.forPull(bases).isPresent()).isFalse();

    credentials.startCopying();
    assertThat(credentials.forPull(bases)).isEqualTo(INSTALLATION);
    assertThat(credentials.forPull(repository("reg.example/other")).isPresent()).isFalse();
  }

  @Test
  void whatIsHandedOutIsHidden() throws Exception {
    BuildCredentials credentials = of(ServiceFixture.dockerfile("v1"), RegistryAuth.NOTHING);
    assertThat(redactor.clean("it is installed")).isEqualTo("it is installed");

    assertThat(credentials.forPush(repository("reg.example/ws")).isPresent()).isTrue();

    assertThat(redactor.clean("it is installed")).isEqualTo("it is ***");
  }

  @Test
  @Tag("row-70")
  void row70ProxyGetsTheRequestsOwnLoginsButNotForThePush() {
    RegistryAuth auth =
        new RegistryAuth(
            new RegistryAuth.Mode.Nothing(),
            Map.of(
                "quay.io", Secret.of(OWN_ENCODED),
                "odd.example", Secret.of("no base64"),
                "reg.example", Secret.of("eA==")));
    Map<String, ProxyLogin> logins = of(new BuildSource.Image("x"), "quay.io/a", auth).forProxy();

    assertThat(logins.keySet()).containsExactly(ANY_ECR, "odd.example", "quay.io");
    Secret nothing = Secret.of("");
    assertThat(logins)
        .containsEntry(
            "quay.io",
            new ProxyLogin("ann", Secret.of("annas-own"), Secret.of(OWN_ENCODED), nothing))
        .containsEntry("odd.example", new ProxyLogin("", nothing, Secret.of("no base64"), nothing));
  }

  @Test
  @Tag("row-71")
  void row71ProxyGetsWhatTheBaseNeedsAsFarAsTheRequestMayUseIt() {
    RegistryAuth all = new RegistryAuth(new RegistryAuth.Mode.All(), Map.of());

    assertThat(of(ServiceFixture.dockerfile("v1"), RegistryAuth.NOTHING).forProxy().keySet())
        .containsExactly(ANY_ECR, "reg.example");
    assertThat(of(new BuildSource.Image("x"), "docker.io/a", all).forProxy().keySet())
        .containsExactly(ANY_ECR, "docker.io");
    assertThat(
            of(new BuildSource.Image("x"), "docker.io/a", RegistryAuth.NOTHING).forProxy().keySet())
        .containsExactly(ANY_ECR);
  }

  private BuildCredentials of(BuildSource source, RegistryAuth auth) {
    return of(source, "reg.example/base" + HASH, auth);
  }

  private BuildCredentials of(BuildSource source, String baseRef, RegistryAuth auth) {
    Job job =
        new Job(
            source,
            auth,
            Force.IF_MISSING,
            "ann",
            baseRef,
            "reg.example/ws" + HASH,
            "",
            Optional.empty(),
            TraceContext.NONE);
    return new BuildCredentials(policy, job, redactor);
  }

  private static RegistryAuth bringing(String domain) {
    String value =
        Base64.getEncoder().encodeToString("ann:annas-own".getBytes(StandardCharsets.UTF_8));
    return new RegistryAuth(new RegistryAuth.Mode.Nothing(), Map.of(domain, Secret.of(value)));
  }

  private static Repository repository(String name) {
    return ImageReference.parse(name).repository();
  }
}
