package dev.imagebuilder.it;

import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.proto.builder.LogsResponse;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A Build stream read to its end, message by message. */
record Watched(List<BuildResponse> messages) {

  static Watched build(Installation installation, BuildRequest request) {
    return rest(installation.api().build(request));
  }

  /** What a stream still has to say. */
  static Watched rest(Iterator<BuildResponse> stream) {
    List<BuildResponse> messages = new ArrayList<>();
    stream.forEachRemaining(messages::add);
    return new Watched(messages);
  }

  /** The first message, by which clients see whether a build was needed. */
  BuildResponse first() {
    return messages.getFirst();
  }

  BuildResponse last() {
    return messages.getLast();
  }

  boolean succeeded() {
    return last().getStatus() == BuildStatus.done_success;
  }

  /** All that a build's log stream gives until it ends. */
  static String log(Installation installation, String buildId) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Iterator<LogsResponse> chunks =
        installation.api().logs(LogsRequest.newBuilder().setBuildId(buildId).build());
    chunks.forEachRemaining(chunk -> bytes.writeBytes(chunk.getContent().toByteArray()));
    return bytes.toString(java.nio.charset.StandardCharsets.UTF_8);
  }
}
