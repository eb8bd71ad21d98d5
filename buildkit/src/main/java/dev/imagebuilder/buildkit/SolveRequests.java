package dev.imagebuilder.buildkit;

import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.proto.buildkit.control.Exporter;
import java.util.Map;
import java.util.TreeMap;

/** Says to a daemon what to build and where it goes. */
final class SolveRequests {
  /** Reads Dockerfiles inside the daemon. */
  static final String FRONTEND = "dockerfile.v0";

  private SolveRequests() {}

  /** What the Dockerfile's frontend is told. */
  static Map<String, String> frontend(DockerfileBuild build, String dockerfileName) {
    DockerfileWishes wishes = build.wishes();
    Map<String, String> attributes = new TreeMap<>();
    attributes.put("filename", dockerfileName);
    if (build.bypassesCache()) {
      // Empty for every stage.
      attributes.put("no-cache", "");
    }
    if (!wishes.stage().isEmpty()) {
      attributes.put("target", wishes.stage());
    }
    wishes.platform().map(Platform::toString).ifPresent(one -> attributes.put("platform", one));
    wishes.buildArgs().forEach((name, value) -> attributes.put("build-arg:" + name, value));
    wishes.labels().forEach((name, value) -> attributes.put("label:" + name, value));
    return attributes;
  }

  /** Where the image goes; tagged where the target has a tag. */
  static Exporter exporter(ImageReference target) {
    Exporter.Builder exporter =
        Exporter.newBuilder()
            .setType("image")
            .putAttrs("push", "true")
            .putAttrs("oci-mediatypes", "true");
    return target.tag().isPresent()
        ? exporter.putAttrs("name", target.toString()).build()
        : exporter
            .putAttrs("name", target.repository().toString())
            .putAttrs("push-by-digest", "true")
            .build();
  }
}
