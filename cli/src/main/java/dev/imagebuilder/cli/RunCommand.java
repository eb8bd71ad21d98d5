package dev.imagebuilder.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code image-builder run}: the service. */
@Command(name = "run", description = "Run the service.")
final class RunCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Main main;
  @Mixin private ServiceFlags flags = new ServiceFlags();

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    ServiceFlags all = main == null ? flags : flags.or(main.flags());
    Path config =
        all.config()
            .orElseThrow(() -> CommandFailure.failed("run needs a configuration: --config FILE"));
    return ServiceRun.untilSignal(config, all);
  }
}
