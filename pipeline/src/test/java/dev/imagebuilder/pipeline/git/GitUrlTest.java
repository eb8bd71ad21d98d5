package dev.imagebuilder.pipeline.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class GitUrlTest {

  @Test
  void loginIsTakenOutOfTheUrl() {
    GitUrl.WithLogin parsed = GitUrl.parse("https://bob:a%3Ab+c@host.example:8443/x/y.git?z=1");

    assertThat(parsed.url()).hasToString("https://host.example:8443/x/y.git?z=1");
    assertThat(parsed.login().orElseThrow().user()).isEqualTo("bob");
    assertThat(parsed.login().orElseThrow().password().reveal()).isEqualTo("a:b+c");
  }

  @Test
  void urlWithoutLoginHasNone() {
    assertThat(GitUrl.parse("http://[::1]:80/x").login()).isEmpty();
    assertThat(GitUrl.parse("http://[::1]:80/x").url()).hasToString("http://[::1]/x");
  }

  @Test
  void everythingElseIsRefusedWithoutRepeatingIt() {
    for (String bad :
        List.of(
            "",
            "-upload-pack=evil",
            "ext::sh -c id",
            "ext::http://pw@x/",
            "file:///etc/passwd",
            "fd::17",
            "git://host/pw",
            "ssh://git@host/pw",
            "git@host:pw.git",
            "/etc/pw",
            "https://host/a\nb-pw",
            "https://u:pw@/x",
            "https://u:pw@ho st/x",
            "https://host:70000/pw",
            "https://host/x#pw",
            "https://host\\@evil/pw",
            "https://host/" + "pw".repeat(4000))) {
      assertThatIllegalArgumentException()
          .as(bad)
          .isThrownBy(() -> GitUrl.parse(bad))
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("pw"));
    }
  }

  @Test
  void originIsSchemeHostAndPort() {
    GitUrl one = GitUrl.parse("https://Host/a").url();

    assertThat(one.isSameOrigin(GitUrl.parse("https://host:443/b").url())).isTrue();
    assertThat(one.isSameOrigin(GitUrl.parse("https://host:444/b").url())).isFalse();
    assertThat(one.isSameOrigin(GitUrl.parse("http://host/b").url())).isFalse();
    assertThat(one.isSameOrigin(GitUrl.parse("https://host.evil/b").url())).isFalse();
  }

  @Test
  void policyKnowsSchemesAndHosts() {
    GitPolicy policy = new GitPolicy(Set.of("https"), Set.of("github.com"));

    policy.check(GitUrl.parse("https://GitHub.com/x").url());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy.check(GitUrl.parse("http://github.com/x").url()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy.check(GitUrl.parse("https://169.254.169.254/x").url()));
    assertThatIllegalArgumentException().isThrownBy(() -> new GitPolicy(Set.of("file"), Set.of()));
  }
}
