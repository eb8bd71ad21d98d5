package dev.imagebuilder.buildkit.files;

import dev.imagebuilder.proto.buildkit.fsutil.Packet;
import java.io.IOException;

/** A way to an engine that receives files. One thread may send while another receives. */
public interface PacketChannel {

  /**
   * Sends a packet, waiting as long as the engine takes in no more.
   *
   * @throws IOException if the engine has gone
   */
  void send(Packet packet) throws IOException, InterruptedException;

  /**
   * Waits for the engine's next packet.
   *
   * @throws IOException if the engine has gone
   */
  Packet receive() throws IOException, InterruptedException;
}
