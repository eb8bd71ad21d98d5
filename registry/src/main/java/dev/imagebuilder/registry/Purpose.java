package dev.imagebuilder.registry;

import dev.imagebuilder.core.Repository;

/**
 * What a call is made for.
 *
 * @param words how its errors begin: {@code push ghcr.io/a/b:1}
 * @param subject what a 404 says is missing
 */
record Purpose(String words, Repository repository, Subject subject) {

  Purpose about(Subject other) {
    return new Purpose(words, repository, other);
  }

  /** What is asked for. */
  enum Subject {
    MANIFEST,
    BLOB,
    UPLOAD,
    TOKEN
  }
}
