package dev.imagebuilder.cli;

import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.Secret;
import java.io.Console;
import picocli.CommandLine.Option;

/** Who logs in to the git remote. The password never travels as an argument. */
final class GitLoginOptions {
  /** The variable that holds the password. */
  static final String PASSWORD_VARIABLE = "IMAGE_BUILDER_GIT_PASSWORD";

  @Option(
      names = "--git-user",
      paramLabel = "NAME",
      description = {
        "User for the git remote. Its password or token comes from the environment variable"
            + " IMAGE_BUILDER_GIT_PASSWORD, or is asked for on a terminal."
      })
  private String user = "";

  /**
   * The login to use, {@link GitLogin#NONE} without {@code --git-user}. Asks where it must.
   *
   * @throws CommandFailure if there is a user, but no way to get the password
   */
  @SuppressWarnings("SystemConsoleNull") // It does in JDK 25 where there is no terminal.
  GitLogin login() throws CommandFailure {
    if (user.isEmpty()) {
      return GitLogin.NONE;
    }
    String password = System.getenv(PASSWORD_VARIABLE);
    if (password != null) {
      return new GitLogin(user, Secret.of(password));
    }
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw CommandFailure.usage(
          "--git-user " + user + " needs a password: set " + PASSWORD_VARIABLE);
    }
    char[] typed = console.readPassword("Password of %s: ", user);
    return new GitLogin(user, Secret.of(typed == null ? "" : new String(typed)));
  }
}
