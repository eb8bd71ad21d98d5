package dev.imagebuilder.server.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.imagebuilder.core.DirectoryFiles;
import dev.imagebuilder.proto.v1.BuildUpdate;
import dev.imagebuilder.proto.v1.FilePacket;
import dev.imagebuilder.proto.v1.FileWish;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The directory of a client, reached through its own Build call: wishes and the engine's packets go
 * out among the updates, the client's packets come in among its requests.
 */
final class ClientDirectory implements DirectoryFiles {
  private static final String GONE = "the client that serves the directory has gone";

  /** Packets of one transfer that may wait for its engine. */
  private static final int AHEAD = 16;

  private final Responses<BuildUpdate> out;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<Integer, Transfer> transfers = new ConcurrentHashMap<>();
  private volatile boolean isGone;

  ClientDirectory(Responses<BuildUpdate> out) {
    this.out = out;
  }

  @Override
  public void serve(Wish wish, Packets engine) throws IOException, InterruptedException {
    int number = numbers.incrementAndGet();
    Transfer transfer = new Transfer(number, engine);
    transfers.put(number, transfer);
    try {
      if (isGone) {
        throw new IOException(GONE);
      }
      send(BuildUpdate.newBuilder().setWish(message(number, wish)).build());
      transfer.run();
    } finally {
      transfers.remove(number);
    }
  }

  /** Takes in what the client has sent, as fast as the engine takes it. */
  void accept(FilePacket packet) throws InterruptedException {
    Transfer transfer = transfers.get(packet.getTransfer());
    if (transfer != null) { // else nobody waits for it any more
      transfer.room.acquire();
      transfer.arrived.add(packet);
    }
  }

  /** The client has left; all transfers fail. */
  void leave() {
    isGone = true;
    FilePacket fault = FilePacket.newBuilder().setFault(GONE).build();
    transfers.values().forEach(transfer -> transfer.arrived.add(fault));
  }

  private void send(BuildUpdate update) throws IOException, InterruptedException {
    try {
      out.send(update);
    } catch (StalledException e) {
      throw new IOException("the client that serves the directory takes nothing any more", e);
    }
  }

  private static FileWish message(int number, Wish wish) {
    return FileWish.newBuilder()
        .setTransfer(number)
        .setFolder(wish.folder())
        .addAllInclude(wish.include())
        .addAllExclude(wish.exclude())
        .addAllFollow(wish.follow())
        .build();
  }

  /** One of the engine's wishes while it is answered. */
  private final class Transfer {
    private final int number;
    private final Packets engine;
    private final LinkedBlockingQueue<FilePacket> arrived = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(AHEAD);

    Transfer(int number, Packets engine) {
      this.number = number;
      this.engine = engine;
    }

    void run() throws IOException, InterruptedException {
      Thread toClient = Thread.ofVirtual().start(this::pump);
      try {
        for (FilePacket packet = arrived.take(); !packet.getEnd(); packet = arrived.take()) {
          if (packet.hasFault()) {
            throw new IOException(packet.getFault());
          }
          engine.send(packet.getPacket().toByteArray());
          room.release();
        }
      } finally {
        room.release(); // whoever brings a packet now must not wait for ever
        toClient.interrupt();
        toClient.join();
      }
    }

    /** Sends the engine's packets to the client until the transfer is over. */
    private void pump() {
      try {
        while (true) {
          ByteString packet = UnsafeByteOperations.unsafeWrap(engine.receive());
          send(
              BuildUpdate.newBuilder()
                  .setFiles(FilePacket.newBuilder().setTransfer(number).setPacket(packet))
                  .build());
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        arrived.add(FilePacket.newBuilder().setFault(String.valueOf(e.getMessage())).build());
      }
    }
  }
}
