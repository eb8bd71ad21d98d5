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
      var bytes = new Bytes(engine);
      try {
        client.serve(
            new DirectoryFiles.Wish(wish.folder(), wish.include(), wish.exclude(), wish.follow()),
            bytes);
      } catch (IOException e) {
        if (bytes.isEngineLost) {
          throw e;
        }
        throw new ContextException(String.valueOf(e.getMessage()));
      }
    }
  }

  /** The engine's end of the transfer, for those who do not know the packets. */
  private static final class Bytes implements DirectoryFiles.Packets {
    private final PacketChannel engine;

    /** Whether it was the engine that broke the transfer off, and not the client. */
    private volatile boolean isEngineLost;

    Bytes(PacketChannel engine) {
      this.engine = engine;
    }

    @Override
    public void send(byte[] packet) throws IOException, InterruptedException {
      Packet parsed = parsed(packet);
      try {
        engine.send(parsed);
      } catch (IOException e) {
        isEngineLost = true;
        throw e;
      }
    }

    @Override
    public byte[] receive() throws IOException, InterruptedException {
      try {
        return engine.receive().toByteArray();
      } catch (IOException e) {
        isEngineLost = true;
        throw e;
      }
    }

    private static Packet parsed(byte[] packet) throws IOException {
      try {
        return Packet.parseFrom(packet);
      } catch (InvalidProtocolBufferException e) {
        throw new IOException("the client sends what is no packet: " + e.getMessage(), e);
      }
    }
  }
}
