package dev.imagebuilder.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers the entries that were used last, up to a bound. Thread-safe. */
final class LruCache<K, V> {
  private final Map<K, V> entries;

  LruCache(int bound) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > bound;
          }
        };
  }

  synchronized Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  synchronized void put(K key, V value) {
    entries.put(key, value);
  }

  synchronized void remove(K key) {
    entries.remove(key);
  }
}
