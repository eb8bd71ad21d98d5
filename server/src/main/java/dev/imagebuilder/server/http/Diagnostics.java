package dev.imagebuilder.server.http;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;

/** What the JVM tells of itself. */
final class Diagnostics {
  private static final String COMMANDS = "com.sun.management:type=DiagnosticCommand";

  private Diagnostics() {}

  /** All threads with their stacks, the virtual ones, on which builds and calls run, too. */
  static String threads() throws IOException {
    Path folder = Files.createTempDirectory("threads");
    Path dump = folder.resolve("dump");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
      return Files.readString(dump);
    } finally {
      Files.deleteIfExists(dump);
      Files.delete(folder);
    }
  }

  /** How many objects of which class are on the heap, also those that nobody needs any more. */
  static String heap() throws IOException {
    try {
      // Without -all it would collect garbage first, and all calls would wait for that.
      Object[] arguments = {new String[] {"-all"}};
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName(COMMANDS),
                  "gcClassHistogram",
                  arguments,
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new IOException("ask the JVM for a class histogram", e);
    }
  }
}
