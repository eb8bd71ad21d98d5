package dev.imagebuilder.cli;

import dev.imagebuilder.devregistry.DevRegistry;
import dev.imagebuilder.devregistry.DevRegistryOptions;
import dev.imagebuilder.devregistry.GcReport;
import dev.imagebuilder.server.config.ListenAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** Serves or cleans a dev registry. Apart from the command: it loads the registry. */
final class RegistryRun {

  private RegistryRun() {}

  /** Serves until a signal, which ends the process with exit code 0. */
  static int serve(Path folder, String address)
      throws CommandFailure, IOException, InterruptedException {
    InetSocketAddress listen = parse(address);
    DevRegistryOptions options =
        new DevRegistryOptions(folder, listen, DevRegistryOptions.Limits.defaults());
    try (DevRegistry registry = DevRegistry.start(options);
        AtExit _ = AtExit.run(() -> stop(registry))) {
      System.err.println("registry " + registry.domain() + " serves " + folder + " until Ctrl-C");
      new CountDownLatch(1).await();
      return 0;
    } catch (IOException e) {
      throw CommandFailure.failed("registry on " + address + ": " + e.getMessage());
    }
  }

  /** Cleans a folder. */
  static int collectGarbage(Path folder) throws CommandFailure {
    try {
      GcReport report = DevRegistry.collectGarbage(DevRegistryOptions.onLoopback(folder, 0));
      System.out.printf(
          Locale.ROOT,
          "removed %d manifests and %d blobs, %.1f MB%n",
          report.manifests(),
          report.blobs(),
          report.bytes() / 1e6);
      return 0;
    } catch (IOException e) {
      throw CommandFailure.failed("clean " + folder + ": " + e.getMessage());
    }
  }

  private static InetSocketAddress parse(String address) throws CommandFailure {
    try {
      return ListenAddress.parse(address).toSocketAddress();
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--address: " + e.getMessage());
    }
  }

  private static void stop(DevRegistry registry) {
    try {
      registry.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }
}
