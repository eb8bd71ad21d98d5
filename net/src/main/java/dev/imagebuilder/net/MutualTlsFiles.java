package dev.imagebuilder.net;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Where one side of a TLS connection has its certificate, and the authorities whose certificates it
 * takes from the other side. All in PEM.
 *
 * @param authority one or more certificates
 * @param certificate our own, and those between it and its authority
 * @param key in PKCS#8, or as cert-manager writes keys: PKCS#1 or SEC 1
 */
public record MutualTlsFiles(Path authority, Path certificate, Path key) {

  /** What is in the files. */
  public record Content(
      List<X509Certificate> authorities, List<X509Certificate> chain, PrivateKey key) {
    public Content {
      authorities = List.copyOf(authorities);
      chain = List.copyOf(chain);
    }

    /** Prints no key. */
    @Override
    public String toString() {
      return "certificate of " + chain.getFirst().getSubjectX500Principal();
    }
  }

  /**
   * Reads the files.
   *
   * @param now when our own certificate has to be valid
   * @throws NetworkException if they cannot be used; it has every fault
   */
  public Content read(Instant now) throws NetworkException {
    List<String> faults = new ArrayList<>();
    List<X509Certificate> authorities = read(faults, () -> Pem.certificates(authority));
    List<X509Certificate> chain = read(faults, () -> Pem.certificates(certificate));
    List<PrivateKey> keys = read(faults, () -> List.of(PemKey.read(key)));
    if (!chain.isEmpty()) {
      checkDates(chain.getFirst(), now, faults);
    }
    if (!chain.isEmpty() && !keys.isEmpty() && !PemKey.fits(keys.getFirst(), chain.getFirst())) {
      faults.add("key " + key + ": does not belong to the certificate " + certificate);
    }
    if (!faults.isEmpty()) {
      throw new NetworkException(faults);
    }
    return new Content(authorities, chain, keys.getFirst());
  }

  private void checkDates(X509Certificate own, Instant now, List<String> faults) {
    Instant end = own.getNotAfter().toInstant();
    Instant start = own.getNotBefore().toInstant();
    if (end.isBefore(now)) {
      faults.add("certificate " + certificate + ": expired " + end);
    } else if (start.isAfter(now)) {
      faults.add("certificate " + certificate + ": not valid before " + start);
    }
  }

  private static <T> List<T> read(List<String> faults, Reader<T> reader) {
    try {
      return reader.read();
    } catch (NetworkException e) {
      faults.addAll(e.faults());
      return List.of();
    }
  }

  private interface Reader<T> {
    List<T> read() throws NetworkException;
  }
}
