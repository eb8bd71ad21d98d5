package dev.imagebuilder.server.config;

/** Where layers are kept for other machines. */
public record CacheConfig(
    @Described(
            "`registry`: the layers of all stages, under a tag `cache-…` in `baseImageRepository`;"
                + " `inline`: those of the image, inside it. Needs BuildKit, and requests that may"
                + " read that repository. Each machine has a cache of its own besides.")
        Mode mode) {

  /** What holds for a group without any key. */
  public static CacheConfig defaults() {
    return new CacheConfig(Mode.OFF);
  }

  /** Where. */
  public enum Mode {
    OFF,
    INLINE,
    REGISTRY
  }
}
