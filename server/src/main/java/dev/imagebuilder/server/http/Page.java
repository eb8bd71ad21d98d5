package dev.imagebuilder.server.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What an internal port shows under one path. */
@FunctionalInterface
public interface Page {

  /** Answers any method. */
  Reply answer(Request request) throws IOException, InterruptedException;

  /**
   * A request.
   *
   * @param method as sent, {@code GET}
   * @param query what stands behind the question mark, percent-encoded; empty if nothing does
   * @param body at most {@link InternalHttp#MOST_BODY} bytes, in UTF-8
   * @param isFromThisMachine true if the caller is on a loopback address
   */
  record Request(String method, String query, String body, boolean isFromThisMachine) {

    /** True for the methods that only read. */
    public boolean isRead() {
      return method.equals("GET") || method.equals("HEAD");
    }
  }

  /** A response; for one exchange, so the array is nobody else's. */
  @SuppressWarnings("ArrayRecordComponent")
  record Reply(int status, String type, byte[] body) {

    /** A sentence for people. */
    static Reply text(int status, String text) {
      return new Reply(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    static Reply json(int status, String json) {
      return new Reply(
          status, "application/json; charset=utf-8", json.getBytes(StandardCharsets.UTF_8));
    }

    /** Refuses all methods but those that read. */
    static Reply onlyReads() {
      return text(405, "only GET and HEAD\n");
    }
  }
}
