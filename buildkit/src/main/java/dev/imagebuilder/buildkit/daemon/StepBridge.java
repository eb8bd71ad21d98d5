package dev.imagebuilder.buildkit.daemon;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bridge that a daemon's steps are on.
 *
 * @param name of the interface, at most 15 characters; the same for the same daemon
 * @param subnet {@code 10.x.y.0/24}
 * @param plugins the folder of the CNI plugins
 */
record StepBridge(String name, String subnet, Path plugins) {
  private static final Logger log = LoggerFactory.getLogger(StepBridge.class);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /**
   * Shell functions for the bridge {@code $1} of the subnet {@code $2}. The rules are the bridge's,
   * not each step's, and bear its name: so all of them are found again, whoever was killed when.
   */
  static final String SHELL =
      """
      bridge=$1
      subnet=$2
      rules() { iptables -w 5 -t "$1" -S 2>/dev/null | grep -- "--comment $bridge " | sed 's/^-A //'; }
      unbridge() {
        [ -n "$bridge" ] || return 0
        for table in nat filter; do
          rules $table | while read -r rule; do iptables -w 5 -t $table -D $rule; done
        done
        for file in /var/lib/cni/results/"$bridge"-*; do
          id=${file##*/"$bridge"-}
          rm -f "$file" "/var/lib/cni/results/cni-loopback-${id%-*}-lo"
        done
        ip link delete "$bridge"
      } >/dev/null 2>&1 </dev/null 3<&-
      bridge() {
        [ -n "$bridge" ] || return 0
        name="-m comment --comment $bridge"
        iptables -w 5 -t nat -I POSTROUTING -s "$subnet" ! -d "$subnet" $name -j MASQUERADE &&
          iptables -w 5 -I FORWARD -i "$bridge" $name -j ACCEPT &&
          iptables -w 5 -I FORWARD -o "$bridge" -m conntrack --ctstate RELATED,ESTABLISHED $name -j ACCEPT
      } </dev/null 3<&-
      """;

  private static final List<Path> FOLDERS =
      List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"), Path.of("/usr/libexec/cni"));
  private static final List<Path> PROGRAMS =
      List.of(Path.of("/usr/sbin"), Path.of("/sbin"), Path.of("/usr/bin"), Path.of("/bin"));
  private static final List<String> PLUGINS = List.of("bridge", "host-local", "loopback");

  /** What a name that is a hash begins with, and how much of the hash fits behind it. */
  private static final String PREFIX = "ib-";

  private static final int HASH_DIGITS = 12;

  /** Empty if this machine does not have the plugins, or not iptables. */
  static Optional<StepBridge> find(Path workDir) throws IOException {
    boolean hasPrograms =
        Stream.of("iptables", "ip")
            .allMatch(name ->
                PROGRAMS.stream().anyMatch(folder -> Files.isExecutable(folder.resolve(name))));
    if (!hasPrograms) {
      return Optional.empty();
    }
    Optional<Path> plugins =
        FOLDERS.stream()
            .filter(folder ->
                PLUGINS.stream().allMatch(name -> Files.isExecutable(folder.resolve(name))))
            .findFirst();
    if (plugins.isEmpty()) {
      return Optional.empty();
    }
    String hash =
        Digest.of(workDir.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8)).hex();
    String name = PREFIX + hash.substring(0, HASH_DIGITS);
    return Optional.of(new StepBridge(name, subnet(hash, name), plugins.get()));
  }

  /** Removes what is left if a daemon was killed together with its first process. */
  void remove(Map<String, String> environment) {
    try {
      ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", SHELL + "unbridge", "sh", name);
      builder.environment().clear();
      builder.environment().putAll(environment);
      Process process = builder.redirectErrorStream(true).start();
      process.getInputStream().transferTo(OutputStream.nullOutputStream());
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("bridge", name).log("a daemon's bridge stays");
    } catch (InterruptedException _) {
      // The next start of the daemon removes it.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A list of plugins as CNI has it. Addresses are remembered below the daemon's own folder.
   *
   * @see "CNI specification 0.4.0; containernetworking plugins: bridge, host-local"
   */
  String cniConfiguration(Path addresses) {
    return """
    {"cniVersion": "0.4.0", "name": "%s", "plugins": [
      {"type": "bridge", "bridge": "%s", "isDefaultGateway": true,
       "ipam": {"type": "host-local", "dataDir": "%s", "ranges": [[{"subnet": "%s"}]]}}]}
    """
        .formatted(
            name, name, addresses.toString().replace("\\", "\\\\").replace("\"", "\\\""), subnet);
  }

  /** One that no interface of this machine is in, tried from a place that the hash names. */
  private static String subnet(String hash, String own) throws IOException {
    Set<String> taken = new HashSet<>();
    try (Stream<NetworkInterface> interfaces = NetworkInterface.networkInterfaces()) {
      interfaces
          .filter(one -> !one.getName().equals(own))
          .flatMap(one -> one.getInterfaceAddresses().stream())
          .map(InterfaceAddress::getAddress)
          .filter(Inet4Address.class::isInstance)
          .forEach(address -> taken.add(prefix(address.getAddress())));
    }
    int start = Integer.parseInt(hash.substring(0, 4), 16);
    for (int i = 0; i < 0x10000; i++) {
      int place = (start + i) & 0xffff;
      String prefix = "10." + (place >> 8) + "." + (place & 0xff);
      if (!taken.contains(prefix)) {
        return prefix + ".0/24";
      }
    }
    throw new IOException("no network 10.x.y.0/24 is free for RUN steps");
  }

  private static String prefix(byte[] address) {
    return (address[0] & 0xff) + "." + (address[1] & 0xff) + "." + (address[2] & 0xff);
  }
}
