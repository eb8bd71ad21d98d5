package dev.imagebuilder.logging;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Passes what gRPC and the JDK log through java.util.logging on to SLF4J. */
final class JulBridge extends Handler {
  private final SimpleFormatter messages = new SimpleFormatter();

  private JulBridge() {}

  static void install() {
    LogManager.getLogManager().reset();
    java.util.logging.Logger root = java.util.logging.Logger.getLogger("");
    root.setLevel(Level.INFO);
    root.addHandler(new JulBridge());
  }

  @Override
  public void publish(@Nullable LogRecord line) {
    if (line == null) {
      return;
    }
    String name = line.getLoggerName() == null ? "java.util.logging" : line.getLoggerName();
    LoggerFactory.getLogger(name)
        .atLevel(levelOf(line.getLevel()))
        .setCause(line.getThrown())
        .log(messages.formatMessage(line));
  }

  @Override
  public void flush() {
    // every line is written at once
  }

  @Override
  public void close() {
    // nothing is open
  }

  private static org.slf4j.event.Level levelOf(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return org.slf4j.event.Level.ERROR;
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return org.slf4j.event.Level.WARN;
    }
    return level.intValue() >= Level.INFO.intValue()
        ? org.slf4j.event.Level.INFO
        : org.slf4j.event.Level.DEBUG;
  }
}
