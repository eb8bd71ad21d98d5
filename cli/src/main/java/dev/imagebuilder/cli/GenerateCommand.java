package dev.imagebuilder.cli;

import dev.imagebuilder.server.config.ConfigSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code image-builder generate}: files that help to use it. */
@Command(
    name = "generate",
    description = "Print files that help to configure the service.",
    subcommands = GenerateCommand.Config.class)
final class GenerateCommand {

  /** {@code generate config}, without a line end after it, as in mk3. */
  @Command(name = "config", description = "Print the JSON schema of the configuration.")
  static final class Config implements Callable<Integer> {
    @Override
    public Integer call() {
      System.out.print(ConfigSchema.json());
      System.out.flush();
      return 0;
    }
  }
}
