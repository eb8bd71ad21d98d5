package dev.imagebuilder.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code image-builder registry}: the dev registry alone. */
@Command(
    name = "registry",
    description = "Serve or clean the small registry that quickstart uses. It has no login.",
    subcommands = {RegistryCommand.Serve.class, RegistryCommand.Gc.class})
final class RegistryCommand {

  /** {@code registry serve}. */
  @Command(name = "serve", description = "Serve a folder of images until Ctrl-C.")
  static final class Serve implements Callable<Integer> {
    @Option(
        names = "--address",
        paramLabel = "HOST:PORT",
        defaultValue = "localhost:5000",
        description =
            "Where to listen; default ${DEFAULT-VALUE}. All who reach it can read and write.")
    private String address = "";

    @Option(names = "--folder", paramLabel = "FOLDER", description = FOLDER_HELP)
    private @Nullable Path folder;

    @Override
    public Integer call() throws Exception {
      return RegistryRun.serve(folderOr(folder), address);
    }
  }

  /** {@code registry gc}. */
  @Command(name = "gc", description = "Remove what no image refers to from a folder not served.")
  static final class Gc implements Callable<Integer> {
    @Option(names = "--folder", paramLabel = "FOLDER", description = FOLDER_HELP)
    private @Nullable Path folder;

    @Override
    public Integer call() throws Exception {
      return RegistryRun.collectGarbage(folderOr(folder));
    }
  }

  private static final String FOLDER_HELP =
      "Where its images are; default registry in the user's data folder for image-builder.";

  private static Path folderOr(@Nullable Path given) {
    return given == null ? Folders.data(System.getenv()).resolve("registry") : given;
  }
}
