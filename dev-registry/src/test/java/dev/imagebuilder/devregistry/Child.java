package dev.imagebuilder.devregistry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A registry in a process of its own, to be killed. */
final class Child implements AutoCloseable {
  private final Process process;
  private final URI uri;

  private Child(Process process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  static Child start(Path folder) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    return new Child(process, URI.create(String.valueOf(out.readLine())));
  }

  /** Serves the folder until it is killed or its maker has gone. */
  public static void main(String[] arguments) throws IOException {
    try (DevRegistry registry =
        DevRegistry.start(DevRegistryOptions.onLoopback(Path.of(arguments[0]), 0))) {
      System.out.println(registry.uri());
      System.in.read();
    }
  }

  URI uri() {
    return uri;
  }

  /** Kills it as {@code kill -9} does and waits until it is dead. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
