package dev.imagebuilder.service;

import dev.imagebuilder.core.Secret;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Queue;

/**
 * Finds any of several texts in a stream of bytes. A state stands for the longest end of what was
 * read that may still become one of them. Immutable.
 *
 * @see "Aho, Corasick: Efficient string matching, 1975"
 */
final class SecretMatcher {

  /** Where a stream begins. */
  static final int START = 0;

  private static final int NONE = -1;
  private final byte[] label;
  private final int[] firstChild;
  private final int[] nextSibling;
  private final int[] depth;
  private final int[] fallback;
  private final int[] longestMatch;
  private final int[] fromStart = new int[256];
  private int states = 1;

  /** A matcher for the bytes of secrets, none of them empty. */
  SecretMatcher(Collection<Secret> secrets) {
    List<byte[]> patterns = new ArrayList<>();
    int most = 1;
    for (Secret secret : secrets) {
      byte[] pattern = secret.revealBytes();
      patterns.add(pattern);
      most += pattern.length;
    }
    label = new byte[most];
    firstChild = filled(most, NONE);
    nextSibling = filled(most, NONE);
    depth = new int[most];
    fallback = new int[most];
    longestMatch = new int[most];
    patterns.forEach(this::add);
    for (int value = 0; value < 256; value++) {
      fromStart[value] = Math.max(START, child(START, (byte) value));
    }
    link();
  }

  /** The state after one more byte. */
  int next(int state, byte value) {
    for (int from = state; from != START; from = fallback[from]) {
      int child = child(from, value);
      if (child != NONE) {
        return child;
      }
    }
    return fromStart[value & 0xff];
  }

  /** True if one of the texts begins with the byte. */
  boolean isStart(byte value) {
    return fromStart[value & 0xff] != START;
  }

  /** How many of the last bytes may be the beginning of one of the texts. */
  int depth(int state) {
    return depth[state];
  }

  /** How long the longest text is that ends here; 0 if none does. */
  int matched(int state) {
    return longestMatch[state];
  }

  private void add(byte[] pattern) {
    int state = START;
    for (byte value : pattern) {
      int child = child(state, value);
      if (child == NONE) {
        child = states++;
        label[child] = value;
        depth[child] = depth[state] + 1;
        nextSibling[child] = firstChild[state];
        firstChild[state] = child;
      }
      state = child;
    }
    longestMatch[state] = pattern.length;
  }

  /** Breadth first: a fallback is always less deep than its state, so it is done by then. */
  private void link() {
    Queue<Integer> todo = new ArrayDeque<>();
    todo.add(START);
    while (!todo.isEmpty()) {
      int state = todo.remove();
      for (int child = firstChild[state]; child != NONE; child = nextSibling[child]) {
        fallback[child] = state == START ? START : next(fallback[state], label[child]);
        longestMatch[child] = Math.max(longestMatch[child], longestMatch[fallback[child]]);
        todo.add(child);
      }
    }
  }

  private int child(int state, byte value) {
    int child = firstChild[state];
    while (child != NONE && label[child] != value) {
      child = nextSibling[child];
    }
    return child;
  }

  private static int[] filled(int length, int value) {
    int[] array = new int[length];
    Arrays.fill(array, value);
    return array;
  }
}
