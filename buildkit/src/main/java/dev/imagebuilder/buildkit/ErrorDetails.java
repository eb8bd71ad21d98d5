package dev.imagebuilder.buildkit;

import com.google.protobuf.Any;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a daemon says of an error beyond its text: JSON in {@code Any}, whose type URL ends with the
 * Go type's name and {@code +json}. Environments and arguments that it can hold are never read.
 *
 * @param exitCode of the step's process, if one ended badly
 * @param vertex the digest of the step, if it was one
 * @param source where in the Dockerfile
 * @param isFrontend true if the Dockerfile could not even be read
 */
record ErrorDetails(
    Optional<Integer> exitCode,
    Optional<String> vertex,
    Optional<Source> source,
    boolean isFrontend) {

  /**
   * A place in a Dockerfile.
   *
   * @param line from 1
   * @param text the instruction as written, from its line to its end
   */
  record Source(int line, String text) {}

  private static final Pattern EXIT_CODE =
      Pattern.compile("executor failed running .*: exit code: (\\d{1,9})$", Pattern.DOTALL);
  private static final Pattern LINE = Pattern.compile("parse error line (\\d{1,9}): ");

  static ErrorDetails of(StatusRuntimeException failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    Map<String, JsonNode> byType = new HashMap<>();
    if (status != null) {
      for (Any detail : status.getDetailsList()) {
        String url = detail.getTypeUrl();
        String type = url.substring(url.lastIndexOf('/') + 1);
        json(detail).ifPresent(node -> byType.putIfAbsent(type, node));
      }
    }
    return new ErrorDetails(
        Optional.ofNullable(byType.get("gatewayapi.ExitMessage+json"))
            .map(node -> node.path("Code").asInt(0)),
        Optional.ofNullable(byType.get("errdefs.Vertex+json"))
            .map(node -> node.path("digest").asString("")),
        Optional.ofNullable(byType.get("errdefs.Source+json")).flatMap(ErrorDetails::source),
        byType.containsKey("errdefs.Frontend+json"));
  }

  /** True if there is nothing for programs to read: an old daemon, or none at all. */
  boolean isEmpty() {
    return exitCode.isEmpty() && vertex.isEmpty() && source.isEmpty() && !isFrontend;
  }

  /**
   * The same out of the text of a daemon that has nothing else (0.8, as in Docker Engine 20.10).
   *
   * @param failed the digest of the one step that failed, if there is just one
   */
  static ErrorDetails ofText(String text, Optional<String> failed) {
    Matcher exit = EXIT_CODE.matcher(text);
    Matcher line = LINE.matcher(text);
    return new ErrorDetails(
        exit.find() ? Optional.of(Integer.valueOf(exit.group(1))) : Optional.empty(),
        failed,
        line.find()
            ? Optional.of(new Source(Integer.parseInt(line.group(1)), ""))
            : Optional.empty(),
        text.startsWith("failed to solve with frontend "));
  }

  private static Optional<JsonNode> json(Any detail) {
    if (!detail.getTypeUrl().endsWith("+json")) {
      return Optional.empty();
    }
    try {
      return Optional.of(JsonMapper.shared().readTree(detail.getValue().toByteArray()));
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  private static Optional<Source> source(JsonNode node) {
    JsonNode range = node.path("ranges").path(0);
    int first = range.path("start").path("line").asInt(0);
    int last = Math.max(first, range.path("end").path("line").asInt(0));
    if (first < 1) {
      return Optional.empty();
    }
    return Optional.of(new Source(first, lines(node.path("info").path("data"), first, last)));
  }

  private static String lines(JsonNode data, int first, int last) {
    String text;
    try {
      text = new String(Base64.getDecoder().decode(data.asString("")), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return "";
    }
    return String.join(
        "\n", text.lines().skip(first - 1L).limit(last - first + 1L).map(String::strip).toList());
  }
}
