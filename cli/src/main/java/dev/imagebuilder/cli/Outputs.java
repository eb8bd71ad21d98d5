package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.JsonOutput;
import dev.imagebuilder.cli.output.LiveOutput;
import dev.imagebuilder.cli.output.Output;
import dev.imagebuilder.cli.output.PlainOutput;
import java.time.InstantSource;

/** Chooses how a build is shown. */
final class Outputs {

  private Outputs() {}

  /** JSON if it is asked for, live steps on a terminal, plain lines elsewhere. */
  static Output choose(ServiceOptions service) {
    if (service.isJson()) {
      return new JsonOutput(System.out);
    }
    return LiveOutput.onTerminal(System.out, System.getenv())
        .<Output>map(live -> live)
        .orElseGet(() -> new PlainOutput(System.out, System.err, InstantSource.system()));
  }
}
