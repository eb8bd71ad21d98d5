package dev.imagebuilder.server.config;

import dev.imagebuilder.server.config.ConfigException.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A configuration that was read.
 *
 * @param warnings what the operator should know, a sentence each
 */
public record ConfigFile(Configuration configuration, List<String> warnings) {
  private static final String SCHEMA_KEY = "$schema";

  public ConfigFile {
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a file.
   *
   * @param checks what else must hold
   * @throws ConfigException if it cannot be read, is not JSON, or has values that do not fit; holds
   *     all faults
   */
  public static ConfigFile read(Path file, Checks checks) throws ConfigException {
    try {
      return parse(Files.readString(file), file.toString(), checks);
    } catch (IOException e) {
      throw new ConfigException(
          file.toString(), List.of(new Fault("", "cannot be read: " + reason(e))));
    }
  }

  /**
   * Reads a text.
   *
   * @param where what to call it in messages
   * @throws ConfigException as {@link #read}
   */
  public static ConfigFile parse(String json, String where) throws ConfigException {
    return parse(json, where, _ -> List.of());
  }

  private static ConfigFile parse(String json, String where, Checks checks) throws ConfigException {
    ConfigBinder binder = new ConfigBinder();
    Configuration configuration =
        (Configuration) binder.group(tree(json, where), Configuration.defaults(), "");
    List<Fault> faults = new ArrayList<>(binder.faults());
    faults.addAll(ConfigChecks.faults(configuration, faults));
    faults.addAll(checks.faults(configuration));
    if (!faults.isEmpty()) {
      throw new ConfigException(where, faults);
    }
    List<String> warnings = new ArrayList<>();
    binder.unknownKeys().stream()
        .filter(key -> !key.equals(SCHEMA_KEY))
        .forEach(key -> warnings.add("unknown key " + key + " in " + where + ", ignored"));
    warnings.addAll(ConfigChecks.warnings(configuration));
    return new ConfigFile(configuration, warnings);
  }

  /** What a configuration must fulfil beyond what is in it, such as that its files are there. */
  @FunctionalInterface
  public interface Checks {

    /**
     * All that is wrong.
     *
     * @param configuration may have faults already; defaults stand where values did not fit
     */
    List<Fault> faults(Configuration configuration);
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException ? "no such file" : e.toString();
  }

  private static JsonNode tree(String json, String where) throws ConfigException {
    try {
      return JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      var at = e.getLocation();
      String line =
          at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
      throw new ConfigException(
          where, List.of(new Fault("", "not JSON: " + e.getOriginalMessage() + line)));
    }
  }
}
