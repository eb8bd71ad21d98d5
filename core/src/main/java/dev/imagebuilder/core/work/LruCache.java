package dev.imagebuilder.core.work;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers the entries that were used last, up to a bound. Thread-safe. */
public final class LruCache<K, V> {
  private final Map<K, V> entries;

  /** Remembers nothing yet. */
  public LruCache(int bound) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > bound;
          }
        };
  }

  /** What was put last under the key, if it is still known. */
  public synchronized Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  /** Remembers a value, perhaps in place of the one that was used longest ago. */
  public synchronized void put(K key, V value) {
    entries.put(key, value);
  }

  /** Forgets a value. */
  public synchronized void remove(K key) {
    entries.remove(key);
  }
}
