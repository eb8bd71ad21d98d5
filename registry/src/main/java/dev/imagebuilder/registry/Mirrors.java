package dev.imagebuilder.registry;

import dev.imagebuilder.core.RegistryException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks mirrors first and the registry itself last, whose word is final. */
final class Mirrors {
  private static final Logger LOG = LoggerFactory.getLogger(Mirrors.class);

  private Mirrors() {}

  /**
   * The first result that anybody has.
   *
   * @param clients at least one; the last is the registry itself
   */
  static <C, T> T firstOf(List<C> clients, Ask<C, T> ask)
      throws RegistryException, InterruptedException {
    for (C mirror : clients.subList(0, clients.size() - 1)) {
      try {
        return ask.of(mirror);
      } catch (RegistryException e) {
        LOG.atDebug().addKeyValue("cause", e.getMessage()).log("mirror passed over");
      }
    }
    return ask.of(clients.getLast());
  }

  /** A question that a mirror can answer as well. */
  interface Ask<C, T> {
    T of(C client) throws RegistryException, InterruptedException;
  }
}
