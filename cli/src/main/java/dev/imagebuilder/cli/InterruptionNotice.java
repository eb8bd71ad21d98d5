package dev.imagebuilder.cli;

import dev.imagebuilder.proto.builder.BuildResponse;

/** Says, when Ctrl-C ends the command, that the build does not end with it. */
final class InterruptionNotice implements Output, AutoCloseable {
  private final Output output;
  private final AtExit exit = AtExit.run(this::say);
  private volatile String id = "";

  /** In force until it is closed. */
  InterruptionNotice(Output output) {
    this.output = output;
  }

  @Override
  public void running(BuildResponse response) {
    id = response.getInfo().getBuildId();
    output.running(response);
  }

  @Override
  public void note(String text) {
    output.note(text);
  }

  @Override
  public void log(String text) {
    output.log(text);
  }

  @Override
  public void ended(BuildResponse response) {
    id = "";
    output.ended(response);
  }

  @Override
  public void close() {
    exit.close();
  }

  private void say() {
    if (!id.isEmpty()) {
      output.note("the build goes on; see it again with: image-builder logs -f " + id);
    }
  }
}
