package dev.imagebuilder.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code image-builder completion SHELL}: what makes the Tab key work. */
@Command(
    name = "completion",
    description = "Print a script that completes commands and options in a shell.",
    footer = {"", "For instance: source <(image-builder completion bash)"})
final class CompletionCommand implements Callable<Integer> {

  /** The shells that the script is for; zsh reads bash's completions. */
  enum Shell {
    BASH,
    ZSH
  }

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private Shell shell = Shell.BASH;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    CommandSpec self = spec;
    if (self == null) {
      throw new IllegalStateException("picocli sets the field");
    }
    if (shell == Shell.ZSH) {
      System.out.println("autoload -U +X bashcompinit && bashcompinit");
    }
    System.out.println(AutoComplete.bash("image-builder", self.root().commandLine()));
    return 0;
  }
}
