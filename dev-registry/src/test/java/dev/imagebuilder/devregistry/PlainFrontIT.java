package dev.imagebuilder.devregistry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlainFrontIT {

  @Test
  void clientThatBeginsWithTlsIsRefusedWithoutWaitingForMore(@TempDir Path folder)
      throws Exception {
    try (DevRegistry registry = DevRegistry.start(DevRegistryOptions.onLoopback(folder, 0));
        Socket socket = new Socket(registry.address().getAddress(), registry.address().getPort())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(new byte[] {0x16, 3, 1});

      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

      assertThat(answer).startsWith("HTTP/1.0 400 ").contains("plain HTTP");
    }
  }
}
