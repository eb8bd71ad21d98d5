package dev.imagebuilder.server.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/**
 * {@code ?seconds=n}: records the JVM for so long, one recording at a time, and answers with the
 * file. Left out are the process's variables and properties and the command lines of other
 * processes, all of which may hold secrets.
 */
final class FlightRecording implements Page {
  private static final int USUAL_SECONDS = 30;
  private static final int MOST_SECONDS = 60;
  private static final long MOST_BYTES = 64L * 1024 * 1024;

  private static final List<String> LEFT_OUT =
      List.of(
          "jdk.InitialEnvironmentVariable",
          "jdk.InitialSecurityProperty",
          "jdk.InitialSystemProperty",
          "jdk.SystemProcess",
          "jdk.JVMInformation");

  private final Semaphore one = new Semaphore(1);

  @Override
  public Reply answer(Request request) throws IOException, InterruptedException {
    String wish = request.query().isEmpty() ? "seconds=" + USUAL_SECONDS : request.query();
    if (!wish.matches("seconds=[1-9][0-9]?") || seconds(wish) > MOST_SECONDS) {
      return Reply.text(400, "expected ?seconds=n, with n from 1 to " + MOST_SECONDS + "\n");
    }
    if (!one.tryAcquire()) {
      return Reply.text(409, "a recording is being made; try again when it is done\n");
    }
    try {
      return new Reply(200, "application/octet-stream", record(seconds(wish)));
    } finally {
      one.release();
    }
  }

  private static int seconds(String wish) {
    return Integer.parseInt(wish.substring(wish.indexOf('=') + 1));
  }

  private static byte[] record(int seconds) throws IOException, InterruptedException {
    Path file = Files.createTempFile("recording", ".jfr");
    try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
      LEFT_OUT.forEach(recording::disable);
      recording.setMaxSize(MOST_BYTES);
      recording.setMaxAge(Duration.ofSeconds(MOST_SECONDS));
      recording.start();
      TimeUnit.SECONDS.sleep(seconds);
      recording.stop();
      recording.dump(file);
      return Files.readAllBytes(file);
    } catch (ParseException e) {
      throw new IOException("read the JDK's own settings for recordings", e);
    } finally {
      Files.delete(file);
    }
  }
}
