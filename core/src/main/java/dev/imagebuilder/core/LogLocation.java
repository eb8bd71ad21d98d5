package dev.imagebuilder.core;

/**
 * Where a build's output can be read at its source.
 *
 * @param url of the workspace that builds, without a trailing slash; never empty
 * @param ownerToken opens it, in the header {@code x-gitpod-owner-token}
 * @see "SPEC 2.1, LogInfo"
 */
public record LogLocation(String url, Secret ownerToken) {
  public LogLocation {
    if (url.isEmpty()) {
      throw new IllegalArgumentException("a log location without URL");
    }
  }
}
