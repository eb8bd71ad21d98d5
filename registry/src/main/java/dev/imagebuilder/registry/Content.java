package dev.imagebuilder.registry;

import dev.imagebuilder.core.RegistryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What is sent: bytes that can be had again when they have to be sent again.
 *
 * @param size exact length, bytes
 */
record Content(long size, Opener opener) {

  /** No body. */
  static final Content NOTHING = of(new byte[0]);

  /** Bytes in memory. */
  static Content of(byte[] bytes) {
    return new Content(bytes.length, () -> new ByteArrayInputStream(bytes));
  }

  /** Starts reading from the beginning. */
  interface Opener {

    /**
     * A stream of exactly the content's length, or one that throws.
     *
     * @return to be closed by the caller; its errors are {@link Broken}
     */
    InputStream open() throws RegistryException, InterruptedException;
  }

  /** Reading the content failed: not the fault of the one it is sent to. */
  static final class Broken extends IOException {
    private final transient RegistryException fault;

    Broken(RegistryException fault) {
      super(fault.getMessage(), fault);
      this.fault = fault;
    }

    RegistryException fault() {
      return fault;
    }
  }
}
