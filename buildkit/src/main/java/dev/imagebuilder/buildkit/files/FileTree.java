package dev.imagebuilder.buildkit.files;

import java.io.IOException;
import java.io.InputStream;

/** Files that an engine may read. */
interface FileTree {

  /**
   * Visits what is wished, folders before what is in them, the entries of a folder in the order of
   * their names' bytes.
   *
   * @throws ContextException if something is there that cannot be sent
   */
  void visit(FileWish wish, Visitor visitor) throws IOException, InterruptedException;

  /**
   * Opens a file that was visited.
   *
   * @throws IOException also if it is no plain file any more
   */
  InputStream open(String path) throws IOException;

  /** Gets the entries. */
  @FunctionalInterface
  interface Visitor {
    void visit(FileEntry entry) throws IOException, InterruptedException;
  }
}
