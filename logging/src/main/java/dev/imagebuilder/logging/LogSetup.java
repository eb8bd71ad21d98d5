package dev.imagebuilder.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.LoggerFactory;

/** The process's log on stderr: installed once, its level can be changed at any time. */
public final class LogSetup {
  /** At debug these print every frame and every class they look for. */
  private static final String[] CHATTY = {
    "io.netty", "io.grpc", "org.eclipse.jgit", "software.amazon.awssdk"
  };

  private final Logger root;
  private final LineCounts counts;

  private LogSetup(Logger root, LineCounts counts) {
    this.root = root;
    this.counts = counts;
  }

  /** Sends every SLF4J and java.util.logging event of the process to stderr from now on. */
  public static LogSetup install(LogOptions options) {
    return install(options, new StandardError());
  }

  static LogSetup install(LogOptions options, OutputStream out) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Layout<ILoggingEvent> layout =
        switch (options.format()) {
          case JSON -> new JsonLayout(options.service(), options.version());
          case TEXT -> new TextLayout();
        };
    LineCounts counts = new LineCounts();
    counts.setContext(context);
    counts.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(counts);
    root.addAppender(appender(context, layout, out));
    for (String name : CHATTY) {
      context.getLogger(name).setLevel(Level.INFO);
    }
    // It warns of each TCP option that gRPC sets on sockets that know none.
    context.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
    JulBridge.install();
    LogSetup setup = new LogSetup(root, counts);
    setup.setLevel(options.level());
    return setup;
  }

  /** The level in force. */
  public LogLevel level() {
    return LogLevel.of(root.getLevel());
  }

  /** Changes the level. */
  public void setLevel(LogLevel level) {
    root.setLevel(level.logback());
  }

  /** How many lines were logged so far, by level. */
  public Map<LogLevel, Long> lineCounts() {
    return counts.read();
  }

  static OutputStreamAppender<ILoggingEvent> appender(
      LoggerContext context, Layout<ILoggingEvent> layout, OutputStream out) {
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(out);
    appender.start();
    return appender;
  }

  /** Counts lines by level. */
  private static final class LineCounts extends ch.qos.logback.core.AppenderBase<ILoggingEvent> {
    private final Map<LogLevel, LongAdder> lines = new EnumMap<>(LogLevel.class);

    LineCounts() {
      for (LogLevel level : LogLevel.values()) {
        lines.put(level, new LongAdder());
      }
    }

    @Override
    protected void append(ILoggingEvent event) {
      LongAdder adder = lines.get(LogLevel.of(event.getLevel()));
      if (adder != null) {
        adder.increment();
      }
    }

    Map<LogLevel, Long> read() {
      Map<LogLevel, Long> sums = new EnumMap<>(LogLevel.class);
      lines.forEach((level, adder) -> sums.put(level, adder.sum()));
      return sums;
    }
  }
}
