package dev.imagebuilder.buildkit.files;

import java.io.IOException;

/** Answers an engine's wishes for files: from this machine, or from where a client is. */
public interface FileSource {

  /** The name by which an engine asks for the Dockerfile. */
  String dockerfileName();

  /**
   * Sends the files and returns when the engine has all it wants.
   *
   * @throws ContextException if a file cannot be sent, or there is no such folder
   * @throws IOException if the engine has gone
   * @throws IllegalArgumentException if the wish has a malformed pattern
   */
  void serve(FileWish wish, PacketChannel engine) throws IOException, InterruptedException;
}
