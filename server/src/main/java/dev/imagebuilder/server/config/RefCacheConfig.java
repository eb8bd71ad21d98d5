package dev.imagebuilder.server.config;

import java.util.List;

/**
 * Base images that are looked up ahead of time.
 *
 * @param interval a Go duration; empty for never
 */
public record RefCacheConfig(
    @Described("How often, such as `6h0m0s`. Empty: never.") String interval,
    @Described("References. Looked up without credentials; whoever asks for one gets what it was.")
        List<String> refs) {

  public RefCacheConfig {
    refs = List.copyOf(refs);
  }

  /** What holds for a group without any key: off. */
  public static RefCacheConfig defaults() {
    return new RefCacheConfig("", List.of());
  }

  /** True if there is something to look up, and a time for it. */
  public boolean isOn() {
    return !interval.isEmpty() && !refs.isEmpty();
  }
}
