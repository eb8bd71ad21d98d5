package dev.imagebuilder.buildkit;

import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.LayerCache;
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
  private final Ways ways;

  SolveRequests(DockerfileBuild build, String dockerfileName, Ways ways) {
    this.build = build;
    this.dockerfileName = dockerfileName;
    this.ways = ways;
  }

  /** What does not differ from build to build of an engine, but for a name. */
  record Ways(StepNetwork network, Export export) {}

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
        .setCache(LayerCaches.exports(cache()))
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
    LayerCaches.imports(build, cache()).ifPresent(json -> attributes.put("cache-imports", json));
    if (build.bypassesCache()) {
      // Empty for every stage.
      attributes.put("no-cache", "");
    }
    if (ways.network() == StepNetwork.NONE) {
      attributes.put("force-network-mode", "none");
    }
    if (!(ways.export() instanceof Export.Pushed)) {
      // Whoever may not read an image gets it from no Engine's image store either.
      attributes.put("image-resolve-mode", "pull");
    }
    if (!wishes.stage().isEmpty()) {
      attributes.put("target", wishes.stage());
    }
    wishes.platform().map(Platform::toString).ifPresent(one -> attributes.put("platform", one));
    wishes.buildArgs().forEach((name, value) -> attributes.put("build-arg:" + name, value));
    wishes.labels().forEach((name, value) -> attributes.put("label:" + name, value));
    return attributes;
  }

  /** A Docker Engine's own image store and a cache in a registry do not go together. */
  private LayerCache cache() {
    return ways.export() instanceof Export.KeptByDocker ? new LayerCache.Off() : build.cache();
  }

  private Exporter exporter() {
    return switch (ways.export()) {
      case Export.Pushed() -> pushing().build();
      case Export.PushedByDocker() -> pushing().putAttrs("store", "false").build();
      case Export.KeptByDocker(var name) ->
          Exporter.newBuilder().setType("moby").putAttrs("name", name).build();
    };
  }

  /** Tagged where the target has a tag. */
  private Exporter.Builder pushing() {
    ImageReference target = build.target();
    Exporter.Builder exporter =
        Exporter.newBuilder()
            .setType("image")
            .putAttrs("push", "true")
            .putAttrs("oci-mediatypes", "true");
    return target.tag().isPresent()
        ? exporter.putAttrs("name", LayerCaches.names(target, build.cache()))
        : exporter
            .putAttrs("name", target.repository().toString())
            .putAttrs("push-by-digest", "true");
  }
}
