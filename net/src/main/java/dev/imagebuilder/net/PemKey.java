package dev.imagebuilder.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads private keys in PEM form. The JDK knows PKCS#8 only; the other forms are put into it. */
final class PemKey {
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]*)-----END (?:RSA |EC )?PRIVATE"
              + " KEY-----");

  /** DER: SEQUENCE { OID rsaEncryption, NULL } (RFC 8017, appendix A.1). */
  private static final byte[] RSA = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  /** DER: OID ecPublicKey (RFC 5480). */
  private static final byte[] EC = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int CURVE = 0xa0;

  private PemKey() {}

  /** The first private key of a file. */
  static PrivateKey read(Path file) throws NetworkException {
    try {
      Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
      if (!block.find()) {
        throw new NetworkException("key " + file + ": no private key in PEM form in it");
      }
      byte[] der = Base64.getMimeDecoder().decode(block.group(2).strip());
      return key(
          switch (block.group(1)) {
            case "RSA PRIVATE KEY" -> wrapped(RSA, der);
            case "EC PRIVATE KEY" -> wrapped(tagged(SEQUENCE, EC, curve(der)), der);
            default -> der;
          });
    } catch (NoSuchFileException _) {
      throw new NetworkException("key " + file + ": no such file");
    } catch (IOException e) {
      throw new NetworkException("key " + file + ": cannot be read: " + e);
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      // What was wrong with it might be part of it.
      throw new NetworkException("key " + file + ": is broken, or of an unknown kind");
    }
  }

  /** True if the certificate is about this key. */
  static boolean fits(PrivateKey key, X509Certificate certificate) {
    PublicKey other = certificate.getPublicKey();
    if (!key.getAlgorithm().equals(other.getAlgorithm())) {
      return false;
    }
    try {
      byte[] text = {1, 2, 3};
      String algorithm =
          switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
          };
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(other);
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
    GeneralSecurityException last = null;
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException e) {
        last = e;
      }
    }
    throw last;
  }

  /** PKCS#8: SEQUENCE { 0, algorithm, OCTET STRING key } (RFC 5208). */
  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    byte[] version = {0x02, 0x01, 0x00};
    return tagged(SEQUENCE, version, algorithm, tagged(OCTETS, key));
  }

  /** The curve of an ECPrivateKey: what its field [0] holds (RFC 5915). */
  private static byte[] curve(byte[] der) {
    int at = contentOf(der, 0);
    while (at < der.length) {
      int content = contentOf(der, at);
      int end = content + lengthAt(der, at + 1);
      if ((der[at] & 0xff) == CURVE) {
        return Arrays.copyOfRange(der, content, end);
      }
      at = end;
    }
    throw new IllegalArgumentException("names no curve");
  }

  private static int contentOf(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int lengthAt(byte[] der, int at) {
    int first = der[at] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 1; i <= (first & 0x7f); i++) {
      length = (length << 8) | (der[at + i] & 0xff);
    }
    return length;
  }

  private static byte[] tagged(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    var out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
