package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where things are in the registry's folder.
 *
 * <pre>
 * blobs/sha256/ab/abcd…                          content of blobs and manifests
 * repositories/some/app/_blobs/sha256-abcd…      empty: the repository has the blob
 * repositories/some/app/_manifests/sha256-abcd…  holds the manifest's media type
 * repositories/some/app/_tags/latest             holds the manifest's digest
 * repositories/some/app/_referrers/sha256-…/sha256-…  empty: subject, and manifest that refers to it
 * unfinished/                                    removed at start
 * </pre>
 *
 * No part of a repository's name begins with an underscore.
 */
record Layout(Path root) {

  Path content(Digest digest) {
    return contents()
        .resolve(digest.algorithm().toString())
        .resolve(digest.hex().substring(0, 2))
        .resolve(digest.hex());
  }

  Path contents() {
    return root.resolve("blobs");
  }

  Path unfinished() {
    return root.resolve("unfinished");
  }

  Path repositories() {
    return root.resolve("repositories");
  }

  Path repository(RepositoryName name) {
    return repositories().resolve(name.text());
  }

  Path blobMarks(RepositoryName name) {
    return repository(name).resolve("_blobs");
  }

  Path blobMark(RepositoryName name, Digest digest) {
    return blobMarks(name).resolve(fileName(digest));
  }

  Path manifests(RepositoryName name) {
    return repository(name).resolve("_manifests");
  }

  Path manifest(RepositoryName name, Digest digest) {
    return manifests(name).resolve(fileName(digest));
  }

  Path tags(RepositoryName name) {
    return repository(name).resolve("_tags");
  }

  Path referrers(RepositoryName name, Digest subject) {
    return repository(name).resolve("_referrers").resolve(fileName(subject));
  }

  Path referrer(RepositoryName name, Digest subject, Digest manifest) {
    return referrers(name, subject).resolve(fileName(manifest));
  }

  /** All repositories that have something. */
  SortedSet<RepositoryName> names() throws IOException {
    SortedSet<RepositoryName> names = new TreeSet<>();
    collect("", names);
    return names;
  }

  /** The digest that a file is named after. */
  static Digest digest(Path file) {
    return Digest.parse(String.valueOf(file.getFileName()).replace('-', ':'));
  }

  private static String fileName(Digest digest) {
    return digest.algorithm() + "-" + digest.hex();
  }

  private void collect(String prefix, SortedSet<RepositoryName> names) throws IOException {
    for (Path folder : Disk.list(repositories().resolve(prefix))) {
      String part = String.valueOf(folder.getFileName());
      if (!part.startsWith("_")) {
        collect(prefix.isEmpty() ? part : prefix + "/" + part, names);
      } else if (part.equals("_blobs") || part.equals("_manifests")) {
        names.add(new RepositoryName(prefix));
      }
    }
  }
}
