package dev.imagebuilder.buildkit.files;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.imagebuilder.core.DirectoryFiles;
import dev.imagebuilder.proto.buildkit.fsutil.Packet;
import java.io.IOException;
import java.nio.file.Path;

/** A context that a client serves, and a Dockerfile that is on this machine. */
public final class ServedFiles implements FileSource {
  private final DirectoryFiles client;
  private final DockerfileTree dockerfile;

  /**
   * Describes them.
   *
   * @param dockerfile absolute, a plain file, alone in its folder but for its own ignore file
   */
  public ServedFiles(DirectoryFiles client, Path dockerfile) {
    this.client = client;
    this.dockerfile = new DockerfileTree(dockerfile);
  }

  @Override
  public String dockerfileName() {
    return dockerfile.name();
  }

  @Override
  public void serve(FileWish wish, PacketChannel engine) throws IOException, InterruptedException {
    if (wish.folder().equals(DirectoryFiles.DOCKERFILE)) {
      new FileSender(dockerfile, wish, engine).run();
    } else {
      client.serve(
          new DirectoryFiles.Wish(wish.folder(), wish.include(), wish.exclude(), wish.follow()),
          new Bytes(engine));
    }
  }

  /** The engine's end of the transfer, for those who do not know the packets. */
  private record Bytes(PacketChannel engine) implements DirectoryFiles.Packets {

    @Override
    public void send(byte[] packet) throws IOException, InterruptedException {
      try {
        engine.send(Packet.parseFrom(packet));
      } catch (InvalidProtocolBufferException e) {
        throw new IOException("the client sends what is no packet: " + e.getMessage(), e);
      }
    }

    @Override
    public byte[] receive() throws IOException, InterruptedException {
      return engine.receive().toByteArray();
    }
  }
}
