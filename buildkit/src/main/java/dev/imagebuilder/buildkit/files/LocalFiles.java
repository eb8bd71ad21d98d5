package dev.imagebuilder.buildkit.files;

import dev.imagebuilder.core.DirectoryFiles;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The two folders of a Dockerfile's build, on this machine: the context, and one that holds just
 * the Dockerfile and its own ignore file.
 */
public final class LocalFiles implements FileSource {
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

  @Override
  public String dockerfileName() {
    return dockerfile.name();
  }

  @Override
  public void serve(FileWish wish, PacketChannel engine) throws IOException, InterruptedException {
    FileTree tree =
        switch (wish.folder()) {
          case DirectoryFiles.CONTEXT -> context;
          case DirectoryFiles.DOCKERFILE -> dockerfile;
          default -> throw new ContextException("this build has no folder named " + wish.folder());
        };
    new FileSender(tree, wish, engine).run();
  }
}
