package dev.imagebuilder.buildkit;

import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.LayerCache;
import dev.imagebuilder.proto.buildkit.control.CacheOptions;
import dev.imagebuilder.proto.buildkit.control.CacheOptionsEntry;
import java.util.Optional;

/**
 * Says to a daemon where to look for layers and where to leave them. A cache that is not there, or
 * cannot be written, fails no build.
 *
 * @see "moby/buildkit, README, Export cache"
 */
final class LayerCaches {

  private LayerCaches() {}

  /** Where they are left. */
  static CacheOptions exports(LayerCache cache) {
    CacheOptions.Builder options = CacheOptions.newBuilder();
    switch (cache) {
      case LayerCache.Off() -> {}
      case LayerCache.Inline _ ->
          options.addExports(CacheOptionsEntry.newBuilder().setType("inline"));
      case LayerCache.InRegistry(var ref) ->
          options.addExports(
              CacheOptionsEntry.newBuilder()
                  .setType("registry")
                  .putAttrs("ref", ref.toString())
                  .putAttrs("mode", "max")
                  .putAttrs("oci-mediatypes", "true")
                  .putAttrs("image-manifest", "true")
                  .putAttrs("ignore-error", "true"));
    }
    return options.build();
  }

  /** Where they are looked for, as JSON: the frontend that reads the Dockerfile asks for them. */
  static Optional<String> imports(DockerfileBuild build, LayerCache cache) {
    if (build.bypassesCache()) {
      return Optional.empty();
    }
    return switch (cache) {
      case LayerCache.Off() -> Optional.empty();
      case LayerCache.Inline(var ref) -> Optional.of(at(ref));
      case LayerCache.InRegistry(var ref) -> Optional.of(at(ref));
    };
  }

  /** An image with its cache inside goes by the cache's name, too. */
  static String names(ImageReference target, LayerCache cache) {
    return cache instanceof LayerCache.Inline(var ref) ? target + "," + ref : target.toString();
  }

  /** A reference has no character that would have to be escaped. */
  private static String at(ImageReference ref) {
    return "[{\"Type\":\"registry\",\"Attrs\":{\"ref\":\"" + ref + "\"}}]";
  }
}
