package dev.imagebuilder.server;

import java.util.Map;

/** A process that starts the service, with this configuration, and stops it. */
final class Starting {
  private Starting() {}

  public static void main(String... arguments) throws Exception {
    ProcessOptions options = TestService.options(TestService.configuration(arguments[0]));
    ServiceProcess.start(new ProcessOptions(options.configuration(), "v0", Map.of(), options.log()))
        .close();
  }
}
