package dev.imagebuilder.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Our end of {@link Cluster}. */
final class ClusterProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final String manager;
  private final String registry;

  private ClusterProcess(Process process) throws IOException {
    this.process = process;
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.manager = line();
    this.registry = line();
  }

  static ClusterProcess start() throws IOException {
    String java = ProcessHandle.current().info().command().orElseThrow();
    return new ClusterProcess(
        new ProcessBuilder(
                java,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "cluster")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Where ws-manager listens. */
  String manager() {
    return manager;
  }

  /** The registry's domain. */
  String registry() {
    return registry;
  }

  /** Gives an order, waits until it was carried out, and returns the answer. */
  String order(String order) throws IOException {
    OutputStream orders = process.getOutputStream();
    orders.write((order + "\n").getBytes(StandardCharsets.UTF_8));
    orders.flush();
    return line();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String line() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the cluster process has ended");
    }
    return line;
  }
}
