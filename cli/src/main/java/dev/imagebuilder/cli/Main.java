package dev.imagebuilder.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code image-builder}. */
@Command(
    name = "image-builder",
    description =
        "Turns a directory, a git repository or an image into a workspace image in your registry.",
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
@SuppressWarnings("UnusedVariable") // picocli reads the two options.
public final class Main {
  private static final List<Class<?>> COMMANDS =
      List.of(
          RunCommand.class,
          QuickstartCommand.class,
          BuildCommand.class,
          ListCommand.class,
          LogsCommand.class,
          CancelCommand.class,
          ResolveCommand.class,
          GenerateCommand.class,
          RegistryCommand.class,
          ImagebuildsCommand.class,
          ClustersCommand.class,
          CompletionCommand.class,
          HelpTopic.class);

  /** They are about the others. */
  private static final Set<Class<?>> NEED_ALL = Set.of(CompletionCommand.class, HelpTopic.class);

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean isHelp;

  @Option(names = "--version", versionHelp = true, description = "Show the version.")
  private boolean isVersion;

  @Mixin private ServiceFlags flags = new ServiceFlags();

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(commandLine(args).execute(args));
  }

  /** The flags that stand before the command. */
  ServiceFlags flags() {
    return flags;
  }

  /** With all commands, or only the one that the arguments begin with: each takes picocli time. */
  static CommandLine commandLine(String... args) {
    CommandLine line = new CommandLine(new Main());
    Optional<Class<?>> wanted =
        COMMANDS.stream()
            .filter(each -> args.length > 0 && nameOf(each).equals(args[0]))
            .filter(each -> !NEED_ALL.contains(each))
            .findFirst();
    wanted.<List<Class<?>>>map(List::of).orElse(COMMANDS).forEach(line::addSubcommand);
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::wrongArguments)
        .setExecutionExceptionHandler((e, command, _) -> failed(e, command));
  }

  private static String nameOf(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  private static int wrongArguments(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    boolean onlyGroups = !(command.getCommandSpec().userObject() instanceof Callable<?>);
    if (onlyGroups && e.getClass() == ParameterException.class) {
      // Nothing but "resolve", or nothing at all: mk3 shows its help, too.
      command.usage(command.getOut());
      return 0;
    }
    boolean isUnknownCommand =
        e instanceof UnmatchedArgumentException unmatched
            && command.getParent() == null
            && !unmatched.isUnknownOption();
    if (isUnknownCommand) {
      String name = ((UnmatchedArgumentException) e).getUnmatched().getFirst();
      command.getErr().println("unknown command \"" + name + "\" for \"image-builder\"");
      command.getErr().println("Run 'image-builder --help' for usage.");
      return CommandFailure.FAILED;
    }
    command.getErr().println("image-builder: " + e.getMessage());
    command
        .getErr()
        .println("Run '" + command.getCommandSpec().qualifiedName() + " --help' for usage.");
    return CommandFailure.USAGE;
  }

  private static int failed(Exception e, CommandLine command) throws Exception {
    if (e instanceof CommandFailure failure) {
      command.getErr().println("image-builder: " + failure.getMessage());
      return failure.exitCode();
    }
    if (e instanceof IOException) {
      command.getErr().println("image-builder: " + e.getMessage());
      return CommandFailure.FAILED;
    }
    throw e;
  }
}
