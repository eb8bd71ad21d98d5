package dev.imagebuilder.core;

import java.io.IOException;
import java.util.List;

/** Port: a directory on a client's machine, of which an engine gets just the files it asks for. */
public interface DirectoryFiles {
  /** The name of the build context's folder. */
  String CONTEXT = "context";

  /** The name of the folder that holds just the Dockerfile and its own ignore file. */
  String DOCKERFILE = "dockerfile";

  /**
   * Has the client send files, and returns when the engine has all it wants. Several at once are
   * fine.
   *
   * @throws IOException if the client has gone, or says why it cannot send them; the message says
   *     which
   */
  void serve(Wish wish, Packets engine) throws IOException, InterruptedException;

  /**
   * Which files of a folder are wanted.
   *
   * @param include patterns of which one must fit; none for all
   * @param exclude patterns of which none may fit, by the rules of {@code .dockerignore}
   * @param follow paths that are wanted together with what their symbolic links lead to
   */
  record Wish(String folder, List<String> include, List<String> exclude, List<String> follow) {
    public Wish {
      include = List.copyOf(include);
      exclude = List.copyOf(exclude);
      follow = List.copyOf(follow);
    }

    /** All of a folder that none of the patterns fits. */
    public static Wish allBut(String folder, List<String> exclude) {
      return new Wish(folder, List.of(), exclude, List.of());
    }

    /** The files of these names. */
    public static Wish only(String folder, List<String> names) {
      return new Wish(folder, names, List.of(), List.of());
    }
  }

  /** The engine's end of one transfer: packets in the wire form of fsutil. */
  interface Packets {

    /** Gives it the client's next packet. */
    void send(byte[] packet) throws IOException, InterruptedException;

    /** Waits for its next packet to the client. */
    byte[] receive() throws IOException, InterruptedException;
  }
}
