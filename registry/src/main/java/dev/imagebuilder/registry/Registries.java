package dev.imagebuilder.registry;

import dev.imagebuilder.core.ImageTransfer;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryTokens;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import java.time.InstantSource;

/**
 * All registries, reached through one network. Thread-safe; what it makes shares connections,
 * tokens and limits, and fails when this is closed.
 */
public final class Registries implements AutoCloseable {
  private final Endpoints endpoints;
  private final Sessions sessions;
  private final Patience transfers;

  /**
   * Prepares the clients; connects to nothing.
   *
   * @throws NetworkException if the certificates of a host cannot be used
   */
  public Registries(RegistryOptions options, Network network) throws NetworkException {
    this(options, network, Patience.TRANSFER);
  }

  /** For tests that cannot wait as long. */
  Registries(RegistryOptions options, Network network, Patience transfers) throws NetworkException {
    InstantSource clock = InstantSource.system();
    Transport transport = new Transport(new Wire(network));
    this.endpoints = new Endpoints(options, network, new LoopbackScheme(clock));
    Logins logins = new Logins(new TokenService(transport, clock), clock);
    this.sessions = new Sessions(endpoints, new Session.Tools(transport, logins));
    this.transfers = transfers;
  }

  /** Looks images up for a platform. Keep it: it remembers what manifests hold. */
  public Images images(Platform platform) {
    return new RegistryImages(sessions, platform);
  }

  /** Copies and pushes images. */
  public ImageTransfer transfer() {
    return new RegistryTransfer(sessions, transfers);
  }

  /** Fetches tokens for engines that pull and push by themselves. */
  public RegistryTokens tokens() {
    return new EngineTokens(sessions, InstantSource.system());
  }

  /** Ends all connections at once. */
  @Override
  public void close() {
    endpoints.close();
  }
}
