package dev.imagebuilder.devregistry;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a registry keeps its data, where it listens, and how long it keeps what nobody refers to.
 *
 * @param folder made if it is not there; for one registry at a time
 * @param address there is no authentication: anything but a loopback address opens it to all who
 *     can reach it
 */
public record DevRegistryOptions(Path folder, InetSocketAddress address, Limits limits) {

  /**
   * A registry on 127.0.0.1 with the default limits.
   *
   * @param port 0 for any free one
   */
  public static DevRegistryOptions onLoopback(Path folder, int port) {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    return new DevRegistryOptions(folder, new InetSocketAddress(loopback, port), Limits.defaults());
  }

  /** The same with other limits. */
  public DevRegistryOptions withLimits(Limits other) {
    return new DevRegistryOptions(folder, address, other);
  }

  /**
   * What is refused and what is removed.
   *
   * @param maxBlobBytes a longer blob is refused
   * @param uploadAge an upload without news for so long is removed
   * @param blobGrace a younger blob is kept although no manifest refers to it: its push may go on
   * @param untaggedAge an older manifest without a tag is removed, unless an index refers to it or
   *     it refers to a subject that stays
   * @param cleanEvery how often both happens while the registry serves
   */
  public record Limits(
      long maxBlobBytes,
      Duration uploadAge,
      Duration blobGrace,
      Duration untaggedAge,
      Duration cleanEvery) {

    /** 64 GiB; a day; an hour; thirty days; every hour. */
    public static Limits defaults() {
      return new Limits(
          64L << 30,
          Duration.ofDays(1),
          Duration.ofHours(1),
          Duration.ofDays(30),
          Duration.ofHours(1));
    }
  }
}
