package dev.imagebuilder.cli;

import dev.imagebuilder.logging.LogFormat;
import dev.imagebuilder.logging.LogLevel;
import dev.imagebuilder.logging.LogOptions;
import dev.imagebuilder.logging.LogSetup;
import dev.imagebuilder.server.FileChecks;
import dev.imagebuilder.server.ProcessOptions;
import dev.imagebuilder.server.ServiceProcess;
import dev.imagebuilder.server.StartException;
import dev.imagebuilder.server.config.ConfigException;
import dev.imagebuilder.server.config.ConfigFile;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the service from its configuration file. Apart from the command: it loads the server. */
final class ServiceRun {
  private static final String SERVICE = "image-builder-mk3";

  private ServiceRun() {}

  /** Returns the exit code: 1 if the service could not start, with the reason in the log. */
  static int untilSignal(Path config, ServiceFlags flags) throws InterruptedException {
    LogFormat format = flags.isJson() ? LogFormat.jsonUnlessTerminal() : LogFormat.TEXT;
    LogLevel level = flags.isVerbose() ? LogLevel.DEBUG : LogOptions.levelFrom(System.getenv());
    LogSetup log = LogSetup.install(new LogOptions(SERVICE, Version.text(), format, level));
    Logger lines = LoggerFactory.getLogger(ServiceRun.class);
    try {
      ConfigFile file = ConfigFile.read(config, new FileChecks(System.getenv()));
      for (String warning : file.warnings()) {
        lines.warn(warning);
      }
      ProcessOptions options =
          new ProcessOptions(file.configuration(), Version.text(), System.getenv(), log);
      try (ServiceProcess process = ServiceProcess.start(options)) {
        process.runUntilSignal();
        return 0;
      }
    } catch (ConfigException e) {
      e.faults().forEach(fault -> lines.error("configuration {}: {}", config, fault));
      return CommandFailure.FAILED;
    } catch (StartException e) {
      lines.error("cannot start: {}", e.getMessage());
      return CommandFailure.FAILED;
    }
  }
}
