package dev.imagebuilder.registry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * Content on its way, counted and hashed: who reads to its end has what the descriptor names, or a
 * {@link Content.Broken}.
 */
final class VerifiedStream extends InputStream {
  private final InputStream in;
  private final Descriptor expected;
  private final Blame blame;
  private final MessageDigest hash;
  private long count;
  private boolean verified;

  VerifiedStream(InputStream in, Descriptor expected, Blame blame) {
    this.in = in;
    this.expected = expected;
    this.blame = blame;
    this.hash = expected.digest().algorithm().hasher();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int got;
    try {
      got = in.read(target, offset, length);
    } catch (IOException e) {
      throw new Content.Broken(blame.broken(e));
    }
    if (got < 0) {
      verify();
      return -1;
    }
    count += got;
    if (count > expected.size()) {
      throw new Content.Broken(
          blame.wrong("sent more than the " + expected.size() + " bytes of " + expected.digest()));
    }
    hash.update(target, offset, got);
    return got;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private void verify() throws IOException {
    if (verified) {
      return;
    }
    if (count < expected.size()) {
      throw new Content.Broken(
          blame.broken(
              new IOException("ended after " + count + " of " + expected.size() + " bytes")));
    }
    Digest actual = Digest.of(expected.digest().algorithm(), hash.digest());
    if (!actual.equals(expected.digest())) {
      throw new Content.Broken(
          blame.wrong("sent content that hashes to " + actual + ", not to " + expected.digest()));
    }
    verified = true;
  }

  /** Makes the errors of the source. */
  interface Blame {

    /** Reading failed or ended early. */
    RegistryException broken(IOException cause);

    /** It is other content. */
    RegistryException wrong(String what);
  }
}
