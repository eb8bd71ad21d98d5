package dev.imagebuilder.cli.output;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns the bytes of a build's output into text that can do nothing to a terminal: letters, tabs
 * and line ends stay, escape sequences go, and so do other control characters and those that turn
 * the reading direction. Bytes that are no UTF-8 become U+FFFD. A carriage return ends a line.
 *
 * <p>Chunks may end anywhere. An escape sequence never reaches beyond its line, so that an open one
 * cannot hide what follows. Not for several threads.
 */
public final class CleanText {
  private static final int CHUNK = 8192;

  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer rest = ByteBuffer.allocate(0);
  private State state = State.TEXT;
  private boolean afterReturn;

  /** Cleans one short text. */
  public static String of(String text) {
    CleanText clean = new CleanText();
    return clean.next(text.getBytes(StandardCharsets.UTF_8)) + clean.end();
  }

  /** The text of the next chunk; a character that it cuts comes with the chunk after it. */
  public String next(byte[] chunk) {
    ByteBuffer in = ByteBuffer.allocate(rest.remaining() + chunk.length);
    in.put(rest).put(chunk).flip();
    StringBuilder text = new StringBuilder();
    decode(in, false, text);
    rest = in;
    return text.toString();
  }

  /** What is left when no chunk follows. */
  public String end() {
    StringBuilder text = new StringBuilder();
    decode(rest, true, text);
    rest = ByteBuffer.allocate(0);
    return text.toString();
  }

  private void decode(ByteBuffer in, boolean isLast, StringBuilder text) {
    CharBuffer out = CharBuffer.allocate(CHUNK);
    boolean more = true;
    while (more) {
      more = utf8.decode(in, out, isLast).isOverflow();
      out.flip();
      while (out.hasRemaining()) {
        take(out.get(), text);
      }
      out.clear();
    }
  }

  private void take(char c, StringBuilder text) {
    boolean isSecondOfReturn = c == '\n' && afterReturn;
    afterReturn = c == '\r';
    if (c == '\n' || c == '\r') {
      state = State.TEXT;
      if (!isSecondOfReturn) {
        text.append('\n');
      }
      return;
    }
    state =
        switch (state) {
          case TEXT -> inText(c, text);
          case ESCAPE -> afterEscape(c);
          case SEQUENCE -> c >= 0x40 && c <= 0x7e ? State.TEXT : State.SEQUENCE;
          case STRING -> inString(c);
        };
  }

  private static State inText(char c, StringBuilder text) {
    if (c == 0x1b) {
      return State.ESCAPE;
    }
    if (c == 0x9b) {
      return State.SEQUENCE;
    }
    if (c == '\t' || !(Character.isISOControl(c) || turnsDirection(c))) {
      text.append(c);
    }
    return State.TEXT;
  }

  private static State afterEscape(char c) {
    return switch (c) {
      case '[' -> State.SEQUENCE;
      case ']', 'P', 'X', '^', '_' -> State.STRING;
      default -> c >= 0x20 && c <= 0x2f ? State.ESCAPE : State.TEXT;
    };
  }

  private static State inString(char c) {
    if (c == 0x1b) {
      return State.ESCAPE;
    }
    return c == 0x07 || c == 0x9c ? State.TEXT : State.STRING;
  }

  private static boolean turnsDirection(char c) {
    return (c >= '\u202a' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069')
        || c == '\u200e'
        || c == '\u200f'
        || c == '\u2028'
        || c == '\u2029';
  }

  /** Where in an escape sequence we are (ECMA-48). */
  private enum State {
    TEXT,
    ESCAPE,
    SEQUENCE,
    STRING
  }
}
