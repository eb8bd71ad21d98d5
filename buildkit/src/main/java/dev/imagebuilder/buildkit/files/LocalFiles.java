package dev.imagebuilder.buildkit.files;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The two folders of a Dockerfile's build, on this machine: the context, and one that holds just
 * the Dockerfile and its own ignore file.
 */
public final class LocalFiles implements FileSource {
  /** The name of the context's folder in a session. */
  public static final String CONTEXT = "context";

  /** The name of the Dockerfile's folder in a session. */
  public static final String DOCKERFILE = "dockerfile";

  private final FileTree context;
  private final DockerfileTree dockerfile;

  /**
   * Describes them.
   *
   * @param context absolute, no link
   * @param dockerfile absolute, a plain file
   */
  public LocalFiles(Path context, Path dockerfile) {
    this.context = new FolderTree(context);
    this.dockerfile = new DockerfileTree(dockerfile);
  }

  /** The name by which an engine asks for the Dockerfile. */
  public String dockerfileName() {
    return dockerfile.name();
  }

  @Override
  public void serve(FileWish wish, PacketChannel engine) throws IOException, InterruptedException {
    FileTree tree =
        switch (wish.folder()) {
          case CONTEXT -> context;
          case DOCKERFILE -> dockerfile;
          default -> throw new ContextException("this build has no folder named " + wish.folder());
        };
    new FileSender(tree, wish, engine).run();
  }
}
