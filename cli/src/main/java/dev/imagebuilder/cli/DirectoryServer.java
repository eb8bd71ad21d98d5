package dev.imagebuilder.cli;

import dev.imagebuilder.buildkit.files.ContextException;
import dev.imagebuilder.buildkit.files.FileSource;
import dev.imagebuilder.buildkit.files.PacketChannel;
import dev.imagebuilder.cli.output.Output;
import dev.imagebuilder.proto.buildkit.fsutil.Packet;
import dev.imagebuilder.proto.v1.BuildRequest;
import dev.imagebuilder.proto.v1.FilePacket;
import dev.imagebuilder.proto.v1.FileWish;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers the service's wishes for files of this machine, each on a thread of its own, all over the
 * call of their build.
 */
final class DirectoryServer {
  private static final Duration LONGEST = Duration.ofDays(2);

  private final FileSource files;
  private final BuildCall call;
  private final Output output;
  private final ExecutorService threads;
  private final Map<Integer, Transfer> transfers = new ConcurrentHashMap<>();
  private final AtomicLong sent = new AtomicLong();

  /**
   * Serves files over a call.
   *
   * @param output hears how much was sent
   * @param threads gets a thread for every wish; the caller ends them with the call
   */
  DirectoryServer(FileSource files, BuildCall call, Output output, ExecutorService threads) {
    this.files = files;
    this.call = call;
    this.output = output;
    this.threads = threads;
  }

  /** Begins to answer; returns at once. */
  void wish(FileWish wish) {
    Transfer transfer = new Transfer(wish.getTransfer());
    transfers.put(wish.getTransfer(), transfer);
    var _ = threads.submit(() -> answer(wish, transfer));
  }

  /** Takes in what the engine has to say in one of the transfers. */
  void accept(FilePacket packet) {
    Transfer transfer = transfers.get(packet.getTransfer());
    if (transfer != null) { // else it is over, and nobody listens
      transfer.received.add(packet);
    }
  }

  private void answer(FileWish wish, Transfer transfer) {
    try {
      String fault = serve(wish, transfer);
      FilePacket.Builder last = FilePacket.newBuilder().setTransfer(transfer.number);
      call.send(message(fault.isEmpty() ? last.setEnd(true) : last.setFault(fault)));
    } catch (IOException _) {
      // The call is over, and whoever reads it learns why.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      transfers.remove(transfer.number);
    }
  }

  /** Returns what went wrong, or nothing. */
  private String serve(FileWish wish, Transfer transfer) throws InterruptedException {
    try {
      files.serve(
          new dev.imagebuilder.buildkit.files.FileWish(
              wish.getFolder(), wish.getIncludeList(), wish.getExcludeList(), wish.getFollowList()),
          transfer);
      return "";
    } catch (IOException | IllegalArgumentException e) {
      return fault(e);
    }
  }

  private static String fault(Exception e) {
    return switch (e) {
      case ContextException said -> String.valueOf(said.getMessage());
      case AccessDeniedException denied ->
          "cannot read " + denied.getFile() + " on the client's machine: permission denied";
      case NoSuchFileException gone ->
          gone.getFile() + " was removed on the client's machine while the build's files were sent";
      case FileSystemException other ->
          "cannot read " + other.getFile() + " on the client's machine: " + other.getReason();
      case IllegalArgumentException malformed -> ".dockerignore: " + malformed.getMessage();
      default -> "cannot read the directory on the client's machine: " + e.getMessage();
    };
  }

  private static BuildRequest message(FilePacket.Builder packet) {
    return BuildRequest.newBuilder().setFiles(packet).build();
  }

  /** The engine that receives the files of one wish. */
  private final class Transfer implements PacketChannel {
    private final int number;

    /** Holds no more than the engine's questions, of which there are as many as files. */
    private final BlockingQueue<FilePacket> received = new LinkedBlockingQueue<>();

    Transfer(int number) {
      this.number = number;
    }

    @Override
    public void send(Packet packet) throws IOException, InterruptedException {
      call.send(
          message(FilePacket.newBuilder().setTransfer(number).setPacket(packet.toByteString())));
      output.sent(sent.addAndGet(packet.getData().size()));
    }

    @Override
    public Packet receive() throws IOException, InterruptedException {
      FilePacket packet = received.poll(LONGEST.toSeconds(), TimeUnit.SECONDS);
      if (packet == null || !packet.hasPacket()) {
        throw new IOException("the engine has stopped to ask for files");
      }
      return Packet.parseFrom(packet.getPacket());
    }
  }
}
