package dev.imagebuilder.service;

import dev.imagebuilder.core.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Replaces secrets in a build's output by three stars, also where they are spread over chunks. It
 * holds back no more than what may still be the beginning of a secret, and that until it is clear:
 * giving it out after a while would give a secret away whose printing paused. Safe for any thread.
 */
final class Redactor {
  private final Set<Secret> secrets = new LinkedHashSet<>();
  private SecretMatcher matcher = new SecretMatcher(secrets);
  private final Window stream = new Window();

  /** Hides these texts as well from now on. */
  void hide(Collection<String> texts) {
    hideBytes(texts.stream().map(Secret::of).toList());
  }

  /** Hides these bytes as well from now on. */
  synchronized void hideBytes(List<Secret> more) {
    if (secrets.addAll(more)) {
      matcher = new SecretMatcher(secrets);
      stream.reread(matcher);
    }
  }

  /** Takes the next output and returns what can be shown by now. */
  synchronized byte[] next(byte[] output) {
    return stream.take(matcher, output);
  }

  /** Ends the stream and returns what was held back. */
  synchronized byte[] last() {
    return stream.rest();
  }

  /** A text that is not part of the stream, without secrets. */
  synchronized String clean(String text) {
    Window window = new Window();
    var shown = new ByteArrayOutputStream();
    shown.writeBytes(window.take(matcher, text.getBytes(StandardCharsets.UTF_8)));
    shown.writeBytes(window.rest());
    return shown.toString(StandardCharsets.UTF_8);
  }

  /** The bytes of a stream that have been read and not yet shown. */
  private static final class Window {
    private static final byte[] STARS = {'*', '*', '*'};
    private byte[] held = new byte[256];
    private boolean[] secret = new boolean[256];
    private int from;
    private int to;
    private int state = SecretMatcher.START;
    private boolean isStarred;

    byte[] take(SecretMatcher matcher, byte[] output) {
      var shown = new ByteArrayOutputStream(output.length);
      int at = 0;
      while (at < output.length) {
        int harmless = at;
        if (from == to && state == SecretMatcher.START) {
          while (harmless < output.length && !matcher.isStart(output[harmless])) {
            harmless++;
          }
        }
        if (harmless > at) {
          shown.write(output, at, harmless - at);
          isStarred = false;
          at = harmless;
        } else {
          hold(output[at++]);
          read(matcher, to - 1);
          show(shown, matcher.depth(state));
        }
      }
      return shown.toByteArray();
    }

    byte[] rest() {
      var shown = new ByteArrayOutputStream();
      show(shown, 0);
      state = SecretMatcher.START;
      return shown.toByteArray();
    }

    void reread(SecretMatcher matcher) {
      state = SecretMatcher.START;
      for (int at = from; at < to; at++) {
        read(matcher, at);
      }
    }

    private void read(SecretMatcher matcher, int at) {
      state = matcher.next(state, held[at]);
      int matched = matcher.matched(state);
      if (matched > 0) {
        Arrays.fill(secret, Math.max(from, at + 1 - matched), at + 1, true);
      }
    }

    /** Shows all but the last bytes that may become a secret; those known to be one go at once. */
    private void show(ByteArrayOutputStream shown, int keep) {
      for (; from < to && (to - from > keep || secret[from]); from++) {
        if (!secret[from]) {
          shown.write(held[from]);
        } else if (!isStarred) {
          shown.writeBytes(STARS);
        }
        isStarred = secret[from];
      }
    }

    private void hold(byte value) {
      if (to == held.length) {
        int length = to - from;
        int room = length > held.length / 2 ? held.length * 2 : held.length;
        byte[] bytes = new byte[room];
        boolean[] flags = new boolean[room];
        System.arraycopy(held, from, bytes, 0, length);
        System.arraycopy(secret, from, flags, 0, length);
        held = bytes;
        secret = flags;
        from = 0;
        to = length;
      }
      held[to] = value;
      secret[to++] = false;
    }
  }
}
