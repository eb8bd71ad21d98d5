package dev.imagebuilder.buildkit.files;

/**
 * A file, folder, link or pipe of a tree.
 *
 * @param path relative to the tree, with slashes
 * @param mode as the kernel has it: kind and permissions
 * @param size bytes; 0 for what has no content
 * @param modified nanoseconds since 1970
 * @param link where a symbolic link leads; else empty
 */
record FileEntry(String path, int mode, long size, long modified, String link) {
  private static final int KIND = 0170000;
  private static final int FOLDER = 0040000;
  private static final int FILE = 0100000;
  private static final int LINK = 0120000;
  private static final int PIPE = 0010000;

  boolean isFolder() {
    return (mode & KIND) == FOLDER;
  }

  boolean isFile() {
    return (mode & KIND) == FILE;
  }

  boolean isLink() {
    return (mode & KIND) == LINK;
  }

  /** False for sockets and devices: no image has use for this machine's. */
  boolean isSent() {
    return isFolder() || isFile() || isLink() || (mode & KIND) == PIPE;
  }

  /** The mode as Go's os.FileMode has it. */
  int goMode() {
    int kind =
        switch (mode & KIND) {
          case FOLDER -> 1 << 31;
          case LINK -> 1 << 27;
          case PIPE -> 1 << 25;
          default -> 0;
        };
    int special =
        ((mode & 04000) != 0 ? 1 << 23 : 0)
            | ((mode & 02000) != 0 ? 1 << 22 : 0)
            | ((mode & 01000) != 0 ? 1 << 20 : 0);
    return kind | special | (mode & 0777);
  }
}
