package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildSource.Dockerfile;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.DockerfileWishes;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

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
    return baseRepository + ":" + hash(manifest + "\n" + wishes(source.wishes()));
  }

  /** Where the workspace image of a base reference goes; the reference is hashed as it is. */
  String workspaceRef(String baseRef) {
    return workspaceRepository + ":" + hash(baseRef + "\n" + PROCESS_VERSION + "\n");
  }

  /** What mk3 does not know; nothing if nothing is wished. Secrets leave no trace in an image. */
  private static String wishes(DockerfileWishes wishes) {
    StringBuilder text = new StringBuilder();
    if (!wishes.stage().isEmpty()) {
      text.append(line("Target", wishes.stage()));
    }
    new TreeMap<>(wishes.buildArgs()).forEach((k, v) -> text.append(line("BuildArg " + k, v)));
    new TreeMap<>(wishes.labels()).forEach((k, v) -> text.append(line("Label " + k, v)));
    wishes.platform().ifPresent(it -> text.append(line("Platform", it.toString())));
    return text.toString();
  }

  private static String line(String key, String value) {
    return key + ": " + value + "\n";
  }

  private static String hash(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
