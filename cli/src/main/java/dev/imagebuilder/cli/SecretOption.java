package dev.imagebuilder.cli;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a secret of a build comes from: {@code id=ID[,src=FILE|,env=NAME]}.
 *
 * @param file empty if it comes from the environment
 * @param variable empty if it comes from a file
 */
record SecretOption(String id, String file, String variable) {
  /** What BuildKit takes. */
  private static final int LONGEST = 500 * 1024;

  /**
   * Reads what was typed.
   *
   * @throws CommandFailure if it is malformed
   */
  static SecretOption parse(String text) throws CommandFailure {
    Map<String, String> parts = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      String name = part.substring(0, Math.max(0, equals));
      switch (name) {
        case "id", "env", "type" -> parts.put(name, part.substring(equals + 1));
        case "src", "source" -> parts.put("src", part.substring(equals + 1));
        default -> throw malformed(text);
      }
    }
    String id = parts.getOrDefault("id", "");
    String file = parts.getOrDefault("src", "");
    if (id.isEmpty() || (!file.isEmpty() && parts.containsKey("env"))) {
      throw malformed(text);
    }
    return new SecretOption(id, file, file.isEmpty() ? parts.getOrDefault("env", id) : "");
  }

  /**
   * The secret itself.
   *
   * @throws CommandFailure if it is not there, or too long
   */
  ByteString content(Map<String, String> environment) throws CommandFailure {
    if (file.isEmpty()) {
      String value = environment.get(variable);
      if (value == null) {
        throw CommandFailure.usage(
            "--secret id=" + id + ": the environment variable " + variable + " is not set");
      }
      return ByteString.copyFromUtf8(value);
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      ByteString content = ByteString.copyFrom(in.readNBytes(LONGEST + 1));
      if (content.size() > LONGEST) {
        throw CommandFailure.usage(
            "--secret id="
                + id
                + ": "
                + file
                + " is longer than 500 KiB, more than BuildKit takes");
      }
      return content;
    } catch (NoSuchFileException _) {
      throw CommandFailure.usage("--secret id=" + id + ": there is no file " + file);
    } catch (IOException | InvalidPathException e) {
      throw CommandFailure.usage(
          "--secret id=" + id + ": cannot read " + file + ": " + e.getMessage());
    }
  }

  private static CommandFailure malformed(String text) {
    return CommandFailure.usage(
        "--secret " + text + ": say id=ID, id=ID,src=FILE or id=ID,env=NAME");
  }
}
