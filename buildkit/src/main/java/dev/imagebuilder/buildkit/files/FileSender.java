package dev.imagebuilder.buildkit.files;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.imagebuilder.core.work.Tasks;
import dev.imagebuilder.proto.buildkit.fsutil.Packet;
import dev.imagebuilder.proto.buildkit.fsutil.Packet.PacketType;
import dev.imagebuilder.proto.buildkit.fsutil.Stat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Sends one tree: all descriptions, and beside them the contents that the engine asks for.
 *
 * @see "tonistiigi/fsutil, send.go"
 */
final class FileSender {
  /** Larger ones save no more waits, and are held for every build that sends. */
  private static final int CHUNK = 128 * 1024;

  private final FileTree tree;
  private final FileWish wish;
  private final PacketChannel engine;

  /** What may be asked for, by its number; each once. */
  private final Map<Integer, String> files = new ConcurrentHashMap<>();

  FileSender(FileTree tree, FileWish wish, PacketChannel engine) {
    this.tree = tree;
    this.wish = wish;
    this.engine = engine;
  }

  /** Sends until the engine says that it needs no more. */
  void run() throws IOException, InterruptedException {
    Callable<Void> describe = reporting(this::describe);
    Callable<Void> answer = reporting(this::answer);
    try {
      Tasks.allOf(List.of(describe, answer));
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case IllegalArgumentException malformed -> throw malformed;
        case null, default -> throw new IOException("send files: " + e.getCause(), e);
      }
    }
  }

  private void describe() throws IOException, InterruptedException {
    int[] number = {0};
    tree.visit(
        wish,
        entry -> {
          // Before the engine hears of it: it may ask at once.
          if (entry.isFile()) {
            files.put(number[0], entry.path());
          }
          number[0]++;
          engine.send(packet(PacketType.PACKET_STAT).setStat(stat(entry)).build());
        });
    engine.send(packet(PacketType.PACKET_STAT).build());
  }

  private void answer() throws IOException, InterruptedException {
    while (true) {
      Packet asked = engine.receive();
      switch (asked.getType()) {
        case PACKET_REQ -> content(asked.getID());
        case PACKET_FIN -> {
          engine.send(packet(PacketType.PACKET_FIN).build());
          return;
        }
        case PACKET_ERR ->
            throw new IOException("the engine cannot take the files: " + text(asked.getData()));
        case PACKET_STAT, PACKET_DATA, UNRECOGNIZED ->
            throw new IOException("the engine sends packets of the kind " + asked.getType());
      }
    }
  }

  private void content(int number) throws IOException, InterruptedException {
    String path = files.remove(number);
    if (path == null) {
      throw new IOException("the engine asks for number " + number + ", which is no file");
    }
    try (InputStream content = tree.open(path)) {
      while (true) {
        byte[] chunk = content.readNBytes(CHUNK);
        engine.send(
            packet(PacketType.PACKET_DATA)
                .setID(number)
                .setData(UnsafeByteOperations.unsafeWrap(chunk))
                .build());
        if (chunk.length == 0) {
          return;
        }
      }
    }
  }

  /** Tells the engine why nothing more comes; it would wait for ever. */
  private Callable<Void> reporting(Step step) {
    return () -> {
      try {
        step.run();
        return null;
      } catch (ContextException | IllegalArgumentException e) {
        engine.send(
            packet(PacketType.PACKET_ERR)
                .setData(ByteString.copyFromUtf8(String.valueOf(e.getMessage())))
                .build());
        throw e;
      }
    };
  }

  private static Stat stat(FileEntry entry) {
    // Nobody's user ids mean anything in an image.
    return Stat.newBuilder()
        .setPath(entry.path())
        .setMode(entry.goMode())
        .setSize(entry.isFolder() ? 0 : entry.size())
        .setModTime(entry.modified())
        .setLinkname(entry.link())
        .build();
  }

  private static Packet.Builder packet(PacketType type) {
    return Packet.newBuilder().setType(type);
  }

  private static String text(ByteString data) {
    return data.toString(StandardCharsets.UTF_8);
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException, InterruptedException;
  }
}
