package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Owners as ws-manager takes them: it makes Kubernetes labels of them (SPEC 7.5, point 7). */
final class OwnerLabel {
  private static final int LONGEST = 63;
  private static final int HASH = 12;
  private static final Pattern LEGAL =
      Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?");

  private OwnerLabel() {}

  /**
   * The owner itself if it is a label value; else what is left of it without illegal characters,
   * and a hash that tells it from others.
   */
  static String of(String owner) {
    if (owner.length() <= LONGEST && LEGAL.matcher(owner).matches()) {
      return owner;
    }
    String hash = Digest.of(owner.getBytes(StandardCharsets.UTF_8)).hex().substring(0, HASH);
    String kept = owner.replaceAll("[^A-Za-z0-9_.-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
    int most = LONGEST - HASH - 1;
    String start = kept.length() > most ? kept.substring(0, most) : kept;
    return start.isEmpty() ? hash : start + "-" + hash;
  }
}
