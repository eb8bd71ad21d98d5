package dev.imagebuilder.buildkit;

import java.util.BitSet;

/**
 * Tags for images that nobody looks for by tag, of which a registry gets no more than pushes run at
 * once: a tag is used again when its push is over, and the image before it has none then.
 */
final class PushTags {
  private final String prefix;
  private final BitSet taken = new BitSet();

  /**
   * Makes them.
   *
   * @param owner shares its tags with nobody who pushes at the same time
   */
  PushTags(String owner) {
    this.prefix = "dir-" + owner + "-";
  }

  /** One that no other push has; closed when the push is over. */
  synchronized Taken take() {
    int number = taken.nextClearBit(0);
    taken.set(number);
    return new Taken(number);
  }

  private synchronized void giveBack(int number) {
    taken.clear(number);
  }

  /** A tag in use. */
  final class Taken implements AutoCloseable {
    private final int number;

    private Taken(int number) {
      this.number = number;
    }

    /** The tag itself. */
    String tag() {
      return prefix + number;
    }

    @Override
    public void close() {
      giveBack(number);
    }
  }
}
