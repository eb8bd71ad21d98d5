package dev.imagebuilder.backend.wsmanager;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.BufferRecycler;
import tools.jackson.core.util.RecyclerPool;

/**
 * Reads what supervisor sends of a terminal: JSON objects one after the other, of which those with
 * {@code data} carry output. An element may be of any size: its output is passed on while it comes.
 *
 * @see "SPEC 2.4, TerminalService.Listen"
 */
final class TerminalStream {
  /** A stream holds what its parser has for as long as its build runs; there may be a thousand. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .recyclerPool(new SmallBuffers())
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .build();

  private TerminalStream() {}

  /** How a stream ended. */
  enum End {
    /** The task has exited: there is no more. */
    EXIT,
    /** It just ended. */
    CUT
  }

  /**
   * Reads to the end.
   *
   * @throws IOException if it breaks, or is not what it should be, or says that it failed
   */
  static End read(InputStream in, OutputStream output) throws IOException {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), in)) {
      int depth = 0;
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        String name = json.currentName();
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
          depth++;
          if (depth == 2 && "error".equals(name)) {
            throw new IOException("supervisor ended the terminal's stream with an error");
          }
        } else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
          depth--;
        } else if (depth == 2 && "data".equals(name) && token == JsonToken.VALUE_STRING) {
          var _ = json.readBinaryValue(output);
        } else if (depth == 2 && "exitCode".equals(name) && token.isNumeric()) {
          return End.EXIT;
        } else if (depth == 0) {
          throw new IOException("the terminal's stream is no sequence of JSON objects");
        }
      }
      return End.CUT;
    } catch (JacksonException e) {
      throw new IOException("the terminal's stream broke: " + e.getOriginalMessage(), e);
    }
  }

  private static final class SmallBuffers
      extends RecyclerPool.NonRecyclingPoolBase<BufferRecycler> {
    private static final long serialVersionUID = 1;
    private static final int LENGTH = 2048;

    @Override
    public BufferRecycler acquirePooled() {
      return new BufferRecycler() {
        @Override
        protected int byteBufferLength(int kind) {
          return LENGTH;
        }
      };
    }
  }
}
