package dev.imagebuilder.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code image-builder quickstart}: everything on this machine, and an example built with it. */
@Command(
    name = "quickstart",
    description = {
      "Start everything on this machine, a registry too, build an example and verify its image.",
      "Then stay for further builds until Ctrl-C, or with --once stop."
    })
final class QuickstartCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Main main;
  @Mixin private ServiceFlags flags = new ServiceFlags();

  @Option(names = "--once", description = "Stop when the example is built and verified.")
  private boolean once;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description =
          "Where the service listens on localhost; default ${DEFAULT-VALUE}."
              + " With --once any free port will do.")
  private int port;

  @Override
  public Integer call() throws Exception {
    ServiceFlags all = main == null ? flags : flags.or(main.flags());
    Quickstart.Stay stay = once ? Quickstart.Stay.UNTIL_BUILT : Quickstart.Stay.UNTIL_SIGNAL;
    return new Quickstart(stay, port, System.err, System.out).run(all);
  }
}
