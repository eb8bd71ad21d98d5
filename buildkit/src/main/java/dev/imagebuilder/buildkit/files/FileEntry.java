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

  /** Go's io/fs.FileMode. */
  private static final int GO_FOLDER = 1 << 31;

  private static final int GO_LINK = 1 << 27;
  private static final int GO_PIPE = 1 << 25;
  private static final int GO_SETUID = 1 << 23;
  private static final int GO_SETGID = 1 << 22;
  private static final int GO_STICKY = 1 << 20;

  /** Devices, sockets and what else is no file. */
  private static final int GO_OTHER = 1 << 26 | 1 << 24 | 1 << 21 | 1 << 19;

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

  /** True if a mode of Go's is a folder's. */
  static boolean isGoFolder(int mode) {
    return (mode & GO_FOLDER) != 0;
  }

  /** True if it is a symbolic link's. */
  static boolean isGoLink(int mode) {
    return (mode & GO_LINK) != 0;
  }

  /** True if it is a plain file's. */
  static boolean isGoFile(int mode) {
    return (mode & (GO_FOLDER | GO_LINK | GO_PIPE | GO_OTHER)) == 0;
  }

  /** The kernel's permission bits of a mode of Go's. */
  static int permissions(int mode) {
    return (mode & 0777)
        | ((mode & GO_SETUID) != 0 ? 04000 : 0)
        | ((mode & GO_SETGID) != 0 ? 02000 : 0)
        | ((mode & GO_STICKY) != 0 ? 01000 : 0);
  }

  /** The mode as Go's os.FileMode has it. */
  int goMode() {
    int kind =
        switch (mode & KIND) {
          case FOLDER -> GO_FOLDER;
          case LINK -> GO_LINK;
          case PIPE -> GO_PIPE;
          default -> 0;
        };
    int special =
        ((mode & 04000) != 0 ? GO_SETUID : 0)
            | ((mode & 02000) != 0 ? GO_SETGID : 0)
            | ((mode & 01000) != 0 ? GO_STICKY : 0);
    return kind | special | (mode & 0777);
  }
}
