package dev.imagebuilder.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The rules of golang.org/x/net/http/httpproxy. */
final class NoProxyTest {

  @Test
  void localhostAndLoopbackAreNeverProxied() {
    NoProxy none = new NoProxy("");

    assertThat(none.covers("localhost", 80)).isTrue();
    assertThat(none.covers("127.0.0.1", 80)).isTrue();
    assertThat(none.covers("127.9.9.9", 80)).isTrue();
    assertThat(none.covers("[::1]", 80)).isTrue();
    assertThat(none.covers("localhost.example", 80)).isFalse();
  }

  @Test
  void aDomainCoversItselfAndAllBelow() {
    NoProxy rules = new NoProxy("example.com, Other.ORG");

    assertThat(rules.covers("example.com", 80)).isTrue();
    assertThat(rules.covers("a.b.example.com", 80)).isTrue();
    assertThat(rules.covers("A.Example.COM", 80)).isTrue();
    assertThat(rules.covers("notexample.com", 80)).isFalse();
    assertThat(rules.covers("x.other.org", 80)).isTrue();
  }

  @Test
  void aDomainWithADotInFrontCoversAllBelowOnly() {
    for (String list : new String[] {".example.com", "*.example.com"}) {
      NoProxy rules = new NoProxy(list);

      assertThat(rules.covers("a.example.com", 80)).as(list).isTrue();
      assertThat(rules.covers("example.com", 80)).as(list).isFalse();
    }
  }

  @Test
  void aPortLimitsTheRuleToIt() {
    NoProxy rules = new NoProxy("example.com:5000,10.0.0.1:80,[fe80::1]:443");

    assertThat(rules.covers("example.com", 5000)).isTrue();
    assertThat(rules.covers("example.com", 443)).isFalse();
    assertThat(rules.covers("10.0.0.1", 80)).isTrue();
    assertThat(rules.covers("10.0.0.1", 443)).isFalse();
    assertThat(rules.covers("[fe80::1]", 443)).isTrue();
    assertThat(rules.covers("[fe80::1]", 80)).isFalse();
  }

  @Test
  void addressesAndNetworksCoverAddressesOnly() {
    NoProxy rules = new NoProxy("10.1.0.0/16,192.168.7.9,fd00::/8");

    assertThat(rules.covers("10.1.200.3", 443)).isTrue();
    assertThat(rules.covers("10.2.0.1", 443)).isFalse();
    assertThat(rules.covers("192.168.7.9", 443)).isTrue();
    assertThat(rules.covers("[fd12::1]", 443)).isTrue();
    assertThat(rules.covers("10.1.200.3.example", 443)).isFalse();
  }

  @Test
  void aStarCoversEverything() {
    assertThat(new NoProxy("a.example, *").covers("anything.at.all", 1)).isTrue();
  }

  @Test
  void oddEntriesCoverNothing() {
    NoProxy rules = new NoProxy(",, :80,10.0.0.0/99,/8,a/b");

    assertThat(rules.covers("example.com", 80)).isFalse();
    assertThat(rules.covers("10.0.0.1", 80)).isFalse();
  }
}
