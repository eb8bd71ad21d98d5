package dev.imagebuilder.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.CredentialSource;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.RegistryAuth.Mode;
import dev.imagebuilder.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CredentialsPolicyTest {
  private static final Credential HUB = password("hub", "installation");
  private static final Credential REG = password("reg", "installation");
  private static final Credential OWN = password("own", "brought along");
  private static final Mode NOTHING = new Mode.Nothing();
  private static final Mode ALL = new Mode.All();
  private static final String ECR = "422899872803.dkr.ecr.eu-central-1.amazonaws.com";

  private final Map<String, Credential> file =
      Map.of("docker.io", HUB, "base.example:5000", REG, "ws.example", REG);
  private final CredentialsPolicy policy = policy(domain -> known(file, domain));

  @Test
  @Tag("row-66")
  void allAllowsEveryDomain() throws Exception {
    assertThat(ask(ALL, "docker.io")).isEqualTo(HUB);
    assertThat(ask(ALL, "quay.io")).isEqualTo(Credential.anonymous());
  }

  @Test
  @Tag("row-66")
  void nothingAllowsNone() throws Exception {
    assertThat(ask(NOTHING, "docker.io")).isEqualTo(Credential.anonymous());
  }

  @Test
  @Tag("row-66")
  void selectiveAllowsWhatItLists() throws Exception {
    Mode hub = new Mode.Selective(false, false, List.of("docker.io"));

    assertThat(ask(hub, "docker.io")).isEqualTo(HUB);
    assertThat(ask(hub, "base.example:5000")).isEqualTo(Credential.anonymous());
    assertThat(ask(new Mode.Selective(false, false, List.of("DOCKER.io")), "docker.io"))
        .isEqualTo(Credential.anonymous());
  }

  @Test
  @Tag("row-66")
  void selectiveAllowsOurOwnRepositoriesByFlag() throws Exception {
    Mode base = new Mode.Selective(true, false, List.of());
    Mode workspace = new Mode.Selective(false, true, List.of());

    assertThat(ask(base, "base.example:5000")).isEqualTo(REG);
    assertThat(ask(base, "base.example")).isEqualTo(Credential.anonymous());
    assertThat(ask(base, "ws.example")).isEqualTo(Credential.anonymous());
    assertThat(ask(workspace, "ws.example")).isEqualTo(REG);
    assertThat(ask(workspace, "base.example:5000")).isEqualTo(Credential.anonymous());
  }

  @Test
  @Tag("row-62")
  @Tag("row-67")
  void ecrIsAllowedWithoutPolicyButNotItsLookAlikes() throws Exception {
    Credential token = password("AWS", "token");
    CredentialsPolicy ecr = policy(_ -> token);
    List<String> allowed =
        List.of(
            ECR,
            "000000000000.dkr.ecr.dummy-host-zone.amazonaws.com",
            "123456789012.dkr.ecr.us-gov-west-1.amazonaws.com",
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn");
    List<String> refused =
        List.of(
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
            "evil-123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "123456789012xdkr.ecr.eu-west-1.amazonaws.com",
            "public.ecr.aws",
            "index.docker.io");

    for (String domain : allowed) {
      assertThat(ecr.forRequest(domain, RegistryAuth.NOTHING)).as(domain).isEqualTo(token);
    }
    for (String domain : refused) {
      assertThat(ecr.forRequest(domain, RegistryAuth.NOTHING).isPresent()).as(domain).isFalse();
    }
  }

  @Test
  @Tag("row-68")
  void ownCredentialsCountOnlyWhereTheInstallationGivesNone() throws Exception {
    Map<String, Secret> own =
        Map.of("docker.io", encoded("own:brought along"), "quay.io", encoded("own:brought along"));

    assertThat(policy.forRequest("docker.io", new RegistryAuth(ALL, own))).isEqualTo(HUB);
    assertThat(policy.forRequest("docker.io", new RegistryAuth(NOTHING, own))).isEqualTo(OWN);
    assertThat(policy.forRequest("quay.io", new RegistryAuth(ALL, own))).isEqualTo(OWN);
    assertThat(policy.forRequest("quay.io:443", new RegistryAuth(ALL, own)))
        .isEqualTo(Credential.anonymous());
  }

  @Test
  @Tag("row-69")
  void ownCredentialsAreSplitAtTheLastColon() {
    assertThat(own("myregistry.com:mytoken")).isEqualTo(password("myregistry.com", "mytoken"));
    assertThat(own("myregistry.com:5000:mytoken"))
        .isEqualTo(password("myregistry.com:5000", "mytoken"));
    assertThat(own("justauser")).isEqualTo(Credential.anonymous());
    assertThat(own("")).isEqualTo(Credential.anonymous());
    assertThat(CredentialsPolicy.own(Map.of("d", Secret.of("not base64!")), "d"))
        .isEqualTo(Credential.anonymous());
  }

  @Test
  @Tag("row-65")
  void theFirstSourceThatKnowsADomainWins() throws Exception {
    CredentialSource hub = domain -> known(Map.of("docker.io", HUB), domain);
    CredentialSource both = domain -> known(Map.of("docker.io", REG, "ws.example", REG), domain);
    CredentialSource composite = new FirstOf(List.of(hub, both));

    assertThat(composite.find("docker.io")).isEqualTo(HUB);
    assertThat(composite.find("ws.example")).isEqualTo(REG);
    assertThat(composite.find("quay.io")).isEqualTo(Credential.anonymous());
  }

  @Test
  @Tag("row-65")
  void aBrokenSourceIsNotPassedOver() {
    CredentialSource broken =
        _ -> {
          throw new CredentialException("helper failed");
        };
    CredentialSource composite = new FirstOf(List.of(broken, _ -> HUB));

    assertThatThrownBy(() -> composite.find("docker.io")).hasMessage("helper failed");
  }

  private Credential ask(Mode mode, String domain) throws CredentialException {
    return policy.forRequest(domain, new RegistryAuth(mode, Map.of()));
  }

  private static Credential own(String decoded) {
    return CredentialsPolicy.own(Map.of("d", encoded(decoded)), "d");
  }

  private static CredentialsPolicy policy(CredentialSource installation) {
    return new CredentialsPolicy(
        installation, new ImageNames("base.example:5000/b", "ws.example/w"));
  }

  private static Credential known(Map<String, Credential> known, String domain) {
    return known.getOrDefault(domain, Credential.anonymous());
  }

  private static Credential password(String user, String password) {
    return new Credential.Password(user, Secret.of(password));
  }

  private static Secret encoded(String text) {
    return Secret.of(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
  }
}
