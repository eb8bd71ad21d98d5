package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildSource.Dockerfile;
import dev.imagebuilder.core.Digest;
import java.nio.charset.StandardCharsets;

/**
 * Names base and workspace images by the hash of what they are made from (SPEC 4.2, 4.3). The names
 * are those of image-builder-mk3, byte by byte, so that its images are found.
 */
record ImageNames(String baseRepository, String workspaceRepository) {
  private static final String PROCESS_VERSION = "2";

  /** Where the base image of a Dockerfile goes. Paths are hashed as the request gave them. */
  String baseRef(Dockerfile source) {
    String manifest =
        line("CloneTarget", source.git().cloneTarget())
            + line("ContextPath", source.contextPath())
            + line("DockerfilePath", source.dockerfilePath())
            + line("DockerfileVersion", source.version())
            + line("RemoteURI", source.git().remoteUri())
            + line("Source", "git");
    return baseRepository + ":" + hash(manifest + "\n");
  }

  /** Where the workspace image of a base reference goes; the reference is hashed as it is. */
  String workspaceRef(String baseRef) {
    return workspaceRepository + ":" + hash(baseRef + "\n" + PROCESS_VERSION + "\n");
  }

  private static String line(String key, String value) {
    return key + ": " + value + "\n";
  }

  private static String hash(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
