package dev.imagebuilder.server;

import dev.imagebuilder.logging.LogSetup;
import dev.imagebuilder.server.config.Configuration;
import java.util.Map;

/**
 * What a service is started with.
 *
 * @param version of this program
 * @param environment the process's variables
 */
public record ProcessOptions(
    Configuration configuration, String version, Map<String, String> environment, LogSetup log) {

  public ProcessOptions {
    environment = Map.copyOf(environment);
  }
}
