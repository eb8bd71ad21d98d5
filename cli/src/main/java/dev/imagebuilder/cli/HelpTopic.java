package dev.imagebuilder.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-builder help [COMMAND…]}; picocli's own does not go with an inherited --help. */
@Command(name = "help", description = "Show the help of a command.")
final class HelpTopic implements Callable<Integer> {

  @Parameters(paramLabel = "COMMAND", description = "The command, and its own command if it has.")
  private List<String> path = new ArrayList<>();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws CommandFailure {
    CommandSpec self = spec;
    if (self == null) {
      throw new IllegalStateException("picocli sets the field");
    }
    CommandLine topic = self.root().commandLine();
    for (String name : path) {
      CommandLine below = topic.getSubcommands().get(name);
      if (below == null) {
        throw CommandFailure.failed("no help for \"" + String.join(" ", path) + "\"");
      }
      topic = below;
    }
    topic.usage(System.out);
    return 0;
  }
}
