package dev.imagebuilder.net;

import java.time.InstantSource;

/**
 * Notices when the files of one side of TLS have changed: cert-manager replaces them long before
 * they expire. For one thread.
 */
public final class MutualTlsReload {
  private final MutualTlsFiles files;
  private final InstantSource clock;
  private MutualTlsFiles.Content content;
  private String complaint = "";

  private MutualTlsReload(
      MutualTlsFiles files, InstantSource clock, MutualTlsFiles.Content content) {
    this.files = files;
    this.clock = clock;
    this.content = content;
  }

  /** What a look at the files gave. */
  public sealed interface Look {

    /** Nothing new, or what was complained of before. */
    record Same() implements Look {}

    /** They hold something else, which can be used. */
    record Changed(MutualTlsFiles.Content content) implements Look {}

    /** They cannot be used; what they held before stays in force. */
    record Broken(String problem) implements Look {}
  }

  /**
   * Reads the files for the first time.
   *
   * @throws NetworkException if they cannot be used
   */
  public static MutualTlsReload open(MutualTlsFiles files, InstantSource clock)
      throws NetworkException {
    return new MutualTlsReload(files, clock, files.read(clock.instant()));
  }

  /** What was read last and can be used. */
  public MutualTlsFiles.Content content() {
    return content;
  }

  /** Reads the files again. */
  public Look look() {
    try {
      MutualTlsFiles.Content now = files.read(clock.instant());
      complaint = "";
      if (now.equals(content)) {
        return new Look.Same();
      }
      content = now;
      return new Look.Changed(now);
    } catch (NetworkException e) {
      String problem = String.valueOf(e.getMessage());
      if (problem.equals(complaint)) {
        return new Look.Same();
      }
      complaint = problem;
      return new Look.Broken(problem);
    }
  }
}
