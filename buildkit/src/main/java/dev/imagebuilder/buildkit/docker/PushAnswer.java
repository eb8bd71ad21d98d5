package dev.imagebuilder.buildkit.docker;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/** What an Engine says while it pushes: one JSON object after the other. */
final class PushAnswer {

  private PushAnswer() {}

  /**
   * Reads it to its end.
   *
   * @throws DockerException if it says that the push failed
   * @throws IOException if it is cut off
   */
  static Digest read(InputStream body, PushListener listener) throws IOException, DockerException {
    String digest = "";
    try (MappingIterator<JsonNode> all =
        JsonMapper.shared().readerFor(JsonNode.class).readValues(body)) {
      while (all.hasNextValue()) {
        JsonNode one = all.nextValue();
        String error =
            one.path("errorDetail").path("message").asString(one.path("error").asString(""));
        if (!error.isEmpty()) {
          throw new DockerException(error);
        }
        digest = one.path("aux").path("Digest").asString(digest);
        tell(one, listener);
      }
      return Digest.parse(digest);
    } catch (JacksonException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException("an answer that is cut off", e);
    } catch (IllegalArgumentException e) {
      throw new IOException("a push that ends without a digest", e);
    }
  }

  private static void tell(JsonNode one, PushListener listener) {
    String layer = one.path("id").asString("");
    if (!layer.isEmpty()) {
      JsonNode progress = one.path("progressDetail");
      listener.layer(
          layer,
          one.path("status").asString(""),
          progress.path("current").asLong(0),
          progress.path("total").asLong(0));
    }
  }
}
