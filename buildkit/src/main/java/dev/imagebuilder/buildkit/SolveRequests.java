package dev.imagebuilder.buildkit;

import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.proto.buildkit.control.Exporter;
import dev.imagebuilder.proto.buildkit.control.SolveRequest;
import java.util.Map;
import java.util.TreeMap;

/** Says to a daemon what to build and where it goes. */
final class SolveRequests {
  /** Reads Dockerfiles inside the daemon. */
  private static final String FRONTEND = "dockerfile.v0";

  private final DockerfileBuild build;
  private final String dockerfileName;
  private final StepNetwork network;

  SolveRequests(DockerfileBuild build, String dockerfileName, StepNetwork network) {
    this.build = build;
    this.dockerfileName = dockerfileName;
    this.network = network;
  }

  /** A build that we lead, whose session has the same name, and where its result goes. */
  SolveRequest export(String ref) {
    Exporter exporter = exporter();
    return SolveRequest.newBuilder()
        .setRef(ref)
        .setSession(ref)
        .addExporters(exporter)
        // A daemon before 0.13 reads only these, and would export nothing without a word.
        .setExporterDeprecated(exporter.getType())
        .putAllExporterAttrsDeprecated(exporter.getAttrsMap())
        .setCache(LayerCaches.exports(build.cache()))
        .build();
  }

  /** All steps of the Dockerfile. */
  dev.imagebuilder.proto.buildkit.gateway.SolveRequest steps() {
    return dev.imagebuilder.proto.buildkit.gateway.SolveRequest.newBuilder()
        .setFrontend(FRONTEND)
        .putAllFrontendOpt(attributes())
        .setAllowResultReturn(true)
        .setAllowResultArrayRef(true)
        .setEvaluate(true)
        .build();
  }

  private Map<String, String> attributes() {
    DockerfileWishes wishes = build.wishes();
    Map<String, String> attributes = new TreeMap<>();
    attributes.put("filename", dockerfileName);
    LayerCaches.imports(build).ifPresent(json -> attributes.put("cache-imports", json));
    if (build.bypassesCache()) {
      // Empty for every stage.
      attributes.put("no-cache", "");
    }
    if (network == StepNetwork.NONE) {
      attributes.put("force-network-mode", "none");
    }
    if (!wishes.stage().isEmpty()) {
      attributes.put("target", wishes.stage());
    }
    wishes.platform().map(Platform::toString).ifPresent(one -> attributes.put("platform", one));
    wishes.buildArgs().forEach((name, value) -> attributes.put("build-arg:" + name, value));
    wishes.labels().forEach((name, value) -> attributes.put("label:" + name, value));
    return attributes;
  }

  /** Tagged where the target has a tag. */
  private Exporter exporter() {
    ImageReference target = build.target();
    Exporter.Builder exporter =
        Exporter.newBuilder()
            .setType("image")
            .putAttrs("push", "true")
            .putAttrs("oci-mediatypes", "true");
    return target.tag().isPresent()
        ? exporter.putAttrs("name", LayerCaches.names(target, build.cache())).build()
        : exporter
            .putAttrs("name", target.repository().toString())
            .putAttrs("push-by-digest", "true")
            .build();
  }
}
