package dev.imagebuilder.buildkit.files;

import com.google.protobuf.ByteString;
import dev.imagebuilder.core.DirectoryFiles;
import dev.imagebuilder.proto.buildkit.fsutil.Packet;
import dev.imagebuilder.proto.buildkit.fsutil.Packet.PacketType;
import dev.imagebuilder.proto.buildkit.fsutil.Stat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes what an engine would take, into a folder of this machine: for engines that read folders
 * only. What comes is not trusted: nothing is written but below the folder, and never through a
 * link. Pipes and devices are left out.
 *
 * @see "tonistiigi/fsutil, receive.go"
 */
public final class FileReceiver implements DirectoryFiles.Packets {
  private static final int OWNER_ALL = 0700;

  private final Path root;
  private final BlockingQueue<byte[]> wishes = new LinkedBlockingQueue<>();
  private final Map<Integer, Incoming> files = new HashMap<>();
  private final Set<Path> folders = new HashSet<>();
  private final Deque<Incoming> finished = new ArrayDeque<>();
  private int number;
  private boolean isListed;

  /** The file to which content was added last. */
  private @Nullable OutputStream out;

  private int openId;

  private FileReceiver(Path root) {
    this.root = root;
    folders.add(root);
  }

  /**
   * Receives what is wished.
   *
   * @param folder exists, is empty, and nobody else's
   * @throws IOException if it cannot be had, or not be written; the message says which file
   */
  public static void receive(DirectoryFiles source, DirectoryFiles.Wish wish, Path folder)
      throws IOException, InterruptedException {
    FileReceiver receiver = new FileReceiver(folder);
    try {
      source.serve(wish, receiver);
      receiver.applyFolderModes();
    } finally {
      receiver.closeOpen();
    }
  }

  /** A file or folder of which not all has come. */
  private record Incoming(Path path, Stat stat) {}

  @Override
  public synchronized void send(byte[] bytes) throws IOException {
    Packet packet = Packet.parseFrom(bytes);
    switch (packet.getType()) {
      case PACKET_STAT -> {
        if (packet.hasStat()) {
          describe(packet.getStat());
        } else {
          isListed = true;
        }
      }
      case PACKET_DATA -> content(packet.getID(), packet.getData());
      case PACKET_ERR -> throw new ContextException(packet.getData().toStringUtf8());
      case PACKET_FIN -> {
        return;
      }
      case PACKET_REQ, UNRECOGNIZED ->
          throw new IOException("the client sends packets of the kind " + packet.getType());
    }
    if (isListed && files.isEmpty()) {
      isListed = false;
      wishes.add(Packet.newBuilder().setType(PacketType.PACKET_FIN).build().toByteArray());
    }
  }

  @Override
  public byte[] receive() throws InterruptedException {
    return wishes.take();
  }

  private void describe(Stat stat) throws IOException {
    Path path = place(stat.getPath());
    int mode = stat.getMode();
    if (FileEntry.isGoFolder(mode)) {
      Files.createDirectory(path);
      folders.add(path);
      finished.push(new Incoming(path, stat));
    } else if (FileEntry.isGoLink(mode)) {
      Files.createSymbolicLink(path, Path.of(stat.getLinkname()));
    } else if (FileEntry.isGoFile(mode)) {
      Files.createFile(path);
      files.put(number, new Incoming(path, stat));
      wishes.add(
          Packet.newBuilder().setType(PacketType.PACKET_REQ).setID(number).build().toByteArray());
    }
    number++;
  }

  private void content(int id, ByteString data) throws IOException {
    Incoming file = files.get(id);
    if (file == null) {
      throw new IOException("the client sends content of number " + id + ", which is no file");
    }
    if (data.isEmpty()) {
      files.remove(id);
      closeOpen();
      apply(file, FileEntry.permissions(file.stat().getMode()));
    } else {
      data.writeTo(open(id, file.path()));
    }
  }

  /** Only one is open at a time: a client may describe more than a process can open. */
  private OutputStream open(int id, Path path) throws IOException {
    if (out == null || openId != id) {
      closeOpen();
      out =
          Files.newOutputStream(
              path, StandardOpenOption.WRITE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
      openId = id;
    }
    return out;
  }

  private synchronized void closeOpen() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }

  /** Where an entry goes; its folder has been sent before. */
  private Path place(String name) throws IOException {
    try {
      Path path = root.resolve(name).normalize();
      Path parent = path.getParent();
      if (name.startsWith("/")
          || path.equals(root)
          || parent == null
          || !folders.contains(parent)) {
        throw new IOException("the client sends \"" + name + "\", which is in no folder it sent");
      }
      return path;
    } catch (InvalidPathException e) {
      throw new ContextException("\"" + name + "\" is no file name here: " + e.getReason());
    }
  }

  /** Innermost first: a folder that must not be written to takes its files before. */
  private void applyFolderModes() throws IOException {
    while (!finished.isEmpty()) {
      Incoming folder = finished.pop();
      apply(folder, FileEntry.permissions(folder.stat().getMode()) | OWNER_ALL);
    }
  }

  private static void apply(Incoming entry, int permissions) throws IOException {
    Files.setAttribute(entry.path(), "unix:mode", permissions);
    FileTime time = FileTime.from(entry.stat().getModTime(), TimeUnit.NANOSECONDS);
    Files.setLastModifiedTime(entry.path(), time);
  }
}
