package dev.imagebuilder.cli;

import com.google.protobuf.ByteString;
import dev.imagebuilder.proto.v1.LogChunk;

/** Where in a build's output its reader is, so that nothing is shown twice or left out. */
final class LogPosition {
  private String build = "";
  private long next;
  private boolean isFirst = true;

  /** A call begins to tell the output of a build from its start, the same as before or another. */
  void begin(String id) {
    if (!id.equals(build)) {
      build = id;
      next = 0;
    }
    isFirst = true;
  }

  /** The offset of the first byte that was not seen. */
  long next() {
    return next;
  }

  /** What is new in a chunk. A build that goes on as another begins again at 0. */
  ByteString fresh(LogChunk chunk) {
    if (chunk.getOffset() == 0 && !isFirst) {
      next = 0;
    }
    isFirst = false;
    ByteString content = chunk.getContent();
    long known = Math.max(0, next - chunk.getOffset());
    if (known >= content.size()) {
      return ByteString.EMPTY;
    }
    next = chunk.getOffset() + content.size();
    return content.substring((int) known);
  }
}
