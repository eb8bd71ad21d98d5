package dev.imagebuilder.net;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which hosts are reached without a proxy: the value of {@code NO_PROXY}, and always localhost and
 * loopback addresses.
 *
 * @see "golang.org/x/net/http/httpproxy, Config.NoProxy"
 */
final class NoProxy {
  private final List<Rule> rules = new ArrayList<>();

  /** Reads a list of {@code *}, domains, addresses, networks; entries that are none are ignored. */
  NoProxy(String list) {
    for (String entry : list.split(",", -1)) {
      String text = entry.strip().toLowerCase(Locale.ROOT);
      if (text.equals("*")) {
        rules.add((_, _) -> true);
      } else if (!text.isEmpty()) {
        add(text);
      }
    }
  }

  /** True if a host is reached directly. */
  boolean covers(String host, int port) {
    String name = unbracketed(host.strip().toLowerCase(Locale.ROOT));
    boolean isLoopback = address(name).map(InetAddress::isLoopbackAddress).orElse(false);
    return name.equals("localhost")
        || isLoopback
        || rules.stream().anyMatch(rule -> rule.covers(name, port));
  }

  private void add(String text) {
    Optional<Rule> network = network(text);
    if (network.isPresent()) {
      rules.add(network.get());
      return;
    }
    int colon = text.lastIndexOf(':');
    boolean hasPort = colon >= 0 && (text.indexOf(':') == colon || text.startsWith("["));
    hasPort = hasPort && !text.endsWith("]");
    String host = unbracketed(hasPort ? text.substring(0, colon) : text);
    String port = hasPort ? text.substring(colon + 1) : "";
    if (host.isEmpty()) {
      return;
    }
    Rule byHost = address(host).map(NoProxy::sameAddress).orElseGet(() -> domain(host));
    rules.add((name, at) ->
        byHost.covers(name, at) && (port.isEmpty() || port.equals(Integer.toString(at))));
  }

  private static Rule sameAddress(InetAddress wanted) {
    return (name, _) -> address(name).map(wanted::equals).orElse(false);
  }

  /** {@code a.b} covers itself and all below; {@code .a.b} and {@code *.a.b} all below. */
  private static Rule domain(String host) {
    String pattern = host.startsWith("*.") ? host.substring(1) : host;
    boolean isSuffixOnly = pattern.startsWith(".");
    String suffix = isSuffixOnly ? pattern : "." + pattern;
    return (name, _) -> name.endsWith(suffix) || (!isSuffixOnly && name.equals(pattern));
  }

  private static Optional<Rule> network(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    try {
      byte[] base = InetAddress.ofLiteral(text.substring(0, slash)).getAddress();
      int bits = Integer.parseInt(text.substring(slash + 1));
      if (bits < 0 || bits > base.length * 8) {
        return Optional.empty();
      }
      return Optional.of((name, _) ->
          address(name).map(at -> isWithin(at.getAddress(), base, bits)).orElse(false));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static boolean isWithin(byte[] address, byte[] base, int bits) {
    if (address.length != base.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((address[bit / 8] & mask) != (base[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static Optional<InetAddress> address(String name) {
    try {
      return Optional.of(InetAddress.ofLiteral(name));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private interface Rule {
    boolean covers(String name, int port);
  }
}
