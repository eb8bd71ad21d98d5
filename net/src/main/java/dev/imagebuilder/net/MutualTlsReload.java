package dev.imagebuilder.net;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the files of one side of TLS anew when they have changed: cert-manager replaces them long
 * before they expire. What cannot be used is said once, and what was there before stays in force.
 * For one thread.
 */
public final class MutualTlsReload {
  private static final Logger log = LoggerFactory.getLogger(MutualTlsReload.class);

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

  /** Puts what the files hold in force. */
  @FunctionalInterface
  public interface Taker {

    /** From now on connections use this. */
    void use(MutualTlsFiles.Content content) throws GeneralSecurityException, IOException;
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

  /**
   * Reads the files again, and hands on what has changed.
   *
   * @param whom the certificate is shown to, for the log
   */
  public void refresh(String whom, Taker taker) {
    try {
      MutualTlsFiles.Content now = files.read(clock.instant());
      complaint = "";
      if (!now.equals(content)) {
        content = now;
        taker.use(now);
        log.atInfo().addKeyValue("certificate", now).log("took a new certificate for " + whom);
      }
    } catch (NetworkException | GeneralSecurityException | IOException e) {
      keepOld(whom, String.valueOf(e.getMessage()));
    }
  }

  private void keepOld(String whom, String problem) {
    if (!problem.equals(complaint)) {
      complaint = problem;
      log.atError()
          .addKeyValue("cause", problem)
          .log("cannot use the changed certificates for " + whom + ", keeping the old ones");
    }
  }
}
