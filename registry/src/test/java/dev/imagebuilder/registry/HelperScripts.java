package dev.imagebuilder.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;

/** Credential helpers that a test writes. */
final class HelperScripts {
  private final Path folder;

  HelperScripts(Path folder) {
    this.folder = folder;
  }

  /** Makes {@code docker-credential-name}, which is asked for a server on its standard input. */
  void write(String name, String script) throws IOException {
    Path file = folder.resolve("docker-credential-" + name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  /** One that counts its calls and then does what is said. */
  void writeCounted(String name, String script) throws IOException {
    write(name, "echo x >> " + folder.resolve("calls") + "\n" + script);
  }

  int calls() throws IOException {
    Path calls = folder.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  CredentialHelper helper(Duration limit, InstantSource clock) {
    return new CredentialHelper("relative:" + folder, limit, clock);
  }

  CredentialHelper helper() {
    return helper(Duration.ofSeconds(20), InstantSource.system());
  }
}
