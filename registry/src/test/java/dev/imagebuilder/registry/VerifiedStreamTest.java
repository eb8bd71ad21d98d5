package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Digest.Algorithm;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Exchange;
import dev.imagebuilder.core.RegistryException.Reason;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VerifiedStreamTest {
  private static final byte[] HELLO = "hello world".getBytes(StandardCharsets.UTF_8);

  @Test
  void theRightContentComesThrough() throws IOException {
    for (Algorithm algorithm : Algorithm.values()) {
      Digest digest = Digest.of(algorithm, algorithm.hasher().digest(HELLO));

      assertThat(stream(HELLO, HELLO.length, digest).readAllBytes()).isEqualTo(HELLO);
    }
    assertThat(stream(new byte[0], 0, Digest.of(new byte[0])).read()).isEqualTo(-1);
  }

  @Test
  void itCanBeReadByteByByteAndBeyondItsEnd() throws IOException {
    InputStream in = stream(HELLO, HELLO.length, Digest.of(HELLO));

    for (byte one : HELLO) {
      assertThat(in.read()).isEqualTo(one);
    }
    assertThat(in.read()).isEqualTo(-1);
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void otherContentIsRefusedAtItsEnd() {
    byte[] other = "hello World".getBytes(StandardCharsets.UTF_8);

    assertFault(stream(other, HELLO.length, Digest.of(HELLO)), Reason.DIGEST_MISMATCH)
        .hasMessageContaining("hashes to " + Digest.of(other))
        .hasMessageContaining("not to " + Digest.of(HELLO));
  }

  @Test
  void tooMuchIsRefusedAsItComes() {
    assertFault(stream(HELLO, 3, Digest.of(HELLO)), Reason.DIGEST_MISMATCH)
        .hasMessageContaining("more than the 3 bytes");
  }

  @Test
  void tooLittleIsABrokenConnection() {
    assertFault(stream(HELLO, 100, Digest.of(HELLO)), Reason.TRANSPORT)
        .hasMessageContaining("ended after 11 of 100 bytes");
  }

  @Test
  void aFailureIsTheSendersFault() {
    InputStream broken =
        new FilterInputStream(new ByteArrayInputStream(HELLO)) {
          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            throw new IOException("reset");
          }
        };

    assertFault(
            new VerifiedStream(
                broken, new Descriptor(Digest.of(HELLO), HELLO.length, ""), new Blame()),
            Reason.TRANSPORT)
        .hasMessage("reset");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, RegistryException> assertFault(
      InputStream in, Reason reason) {
    var thrown =
        assertThatExceptionOfType(Content.Broken.class).isThrownBy(in::readAllBytes).actual();
    RegistryException fault = thrown.fault();
    assertThat(fault.reason()).isEqualTo(reason);
    return assertThat(fault);
  }

  private static VerifiedStream stream(byte[] content, long size, Digest digest) {
    return new VerifiedStream(
        new ByteArrayInputStream(content), new Descriptor(digest, size, ""), new Blame());
  }

  private static final class Blame implements VerifiedStream.Blame {
    @Override
    public RegistryException broken(IOException cause) {
      return fault(Reason.TRANSPORT, String.valueOf(cause.getMessage()));
    }

    @Override
    public RegistryException wrong(String what) {
      return fault(Reason.DIGEST_MISMATCH, what);
    }

    private static RegistryException fault(Reason reason, String what) {
      var exchange = new Exchange("GET", "reg.io", "a", 200, List.of(), null, 1);
      return new RegistryException(reason, what, exchange, null);
    }
  }
}
