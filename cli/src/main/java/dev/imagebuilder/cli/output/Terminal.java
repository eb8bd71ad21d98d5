package dev.imagebuilder.cli.output;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The terminal behind the standard error. It is asked for its size by {@code stty}, when we begin
 * and whenever it says that it was resized.
 */
final class Terminal implements AutoCloseable {
  /** Fails if the standard error is no terminal; every Unix has it. */
  private static final String ASK = "exec stty size <&2 2>/dev/null";

  private static final Pattern ANSWER = Pattern.compile("(\\d{1,5}) (\\d{1,5})");
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final Signals signals = Signals.on("WINCH", this::resized);
  private volatile boolean isStale;
  private TerminalSize size;

  private Terminal(TerminalSize size) {
    this.size = size;
  }

  /** The terminal, if there is one that understands escape sequences. */
  static Optional<Terminal> ofStandardError(Map<String, String> environment) {
    String kind = environment.getOrDefault("TERM", "dumb");
    if (kind.isEmpty() || kind.equals("dumb")) {
      return Optional.empty();
    }
    return ask().map(Terminal::new);
  }

  /** Its size now. For one thread. */
  TerminalSize size() {
    if (isStale) {
      isStale = false; // before we ask: who resizes meanwhile says so again
      size = ask().orElse(size);
    }
    return size;
  }

  @Override
  public void close() {
    signals.close();
  }

  private void resized() {
    isStale = true;
  }

  private static Optional<TerminalSize> ask() {
    try {
      Process process =
          new ProcessBuilder("/bin/sh", "-c", ASK).redirectError(Redirect.INHERIT).start();
      process.getOutputStream().close();
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      byte[] answer = process.getInputStream().readAllBytes();
      return process.exitValue() == 0
          ? parse(new String(answer, StandardCharsets.US_ASCII).strip())
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Reads {@code 24 80}; terminals that do not know say 0. */
  private static Optional<TerminalSize> parse(String answer) {
    Matcher matcher = ANSWER.matcher(answer);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int rows = Integer.parseInt(matcher.group(1));
    int columns = Integer.parseInt(matcher.group(2));
    return Optional.of(
        rows == 0 || columns == 0 ? TerminalSize.USUAL : new TerminalSize(columns, rows));
  }
}
