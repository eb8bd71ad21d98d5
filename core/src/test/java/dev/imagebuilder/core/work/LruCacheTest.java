package dev.imagebuilder.core.work;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LruCacheTest {

  @Test
  void whatWasNotUsedForLongestIsForgotten() {
    LruCache<String, Integer> cache = new LruCache<>(2);
    cache.put("a", 1);
    cache.put("b", 2);

    assertThat(cache.get("a")).contains(1);
    cache.put("c", 3);

    assertThat(cache.get("b")).isEmpty();
    assertThat(cache.get("a")).contains(1);
    assertThat(cache.get("c")).contains(3);
  }
}
