package dev.imagebuilder.server.config;

import java.util.List;

/** A configuration that cannot be used, with everything that is wrong with it. */
public final class ConfigException extends Exception {
  private final transient List<Fault> faults;

  /** Lists what is wrong with the configuration in {@code where}. */
  public ConfigException(String where, List<Fault> faults) {
    super("configuration " + where + ":" + lines(faults));
    this.faults = List.copyOf(faults);
  }

  /** What is wrong, in the file's order. */
  public List<Fault> faults() {
    return faults;
  }

  private static String lines(List<Fault> faults) {
    StringBuilder text = new StringBuilder();
    faults.forEach(fault -> text.append("\n  ").append(fault));
    return text.toString();
  }

  /**
   * One thing that is wrong.
   *
   * @param key its path, {@code server.services.grpc.address}; empty for the file as a whole
   * @param problem what was found and what is expected
   */
  public record Fault(String key, String problem) {
    @Override
    public String toString() {
      return key.isEmpty() ? problem : key + ": " + problem;
    }
  }
}
