package dev.imagebuilder.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MutualTlsFilesTest {
  /** DER: OID prime256v1. */
  private static final byte[] P256 = {
    0x06, 0x08, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x03, 0x01, 0x07
  };

  @TempDir private Path folder;

  @Test
  void keysInPkcs8AreRead() throws Exception {
    for (KeyPair pair : List.of(rsa(), ec())) {
      Path file = write("PRIVATE KEY", pair.getPrivate().getEncoded());

      assertThat(PemKey.read(file)).isEqualTo(pair.getPrivate());
    }
  }

  @Test
  void rsaKeysAsCertManagerWritesThemAreRead() throws Exception {
    KeyPair pair = rsa();
    byte[] pkcs8 = pair.getPrivate().getEncoded();
    // SEQUENCE, its length, the version, the algorithm, and the octets' own tag and length.
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 4 + 3 + 15 + 4, pkcs8.length);

    assertThat(PemKey.read(write("RSA PRIVATE KEY", pkcs1))).isEqualTo(pair.getPrivate());
  }

  @Test
  void ecKeysAsOpensslWritesThemAreRead() throws Exception {
    KeyPair pair = ec();
    byte[] number = ((ECPrivateKey) pair.getPrivate()).getS().toByteArray();
    byte[] secret = new byte[32];
    int from = Math.max(0, number.length - 32);
    System.arraycopy(number, from, secret, 32 - (number.length - from), number.length - from);
    byte[] sec1 = der(0x30, der(0x02, new byte[] {1}), der(0x04, secret), der(0xa0, P256));

    ECPrivateKey read = (ECPrivateKey) PemKey.read(write("EC PRIVATE KEY", sec1));
    assertThat(read.getS()).isEqualTo(((ECPrivateKey) pair.getPrivate()).getS());
  }

  @Test
  void brokenKeysAreSaidWithoutTheirContent() throws Exception {
    Path broken = write("PRIVATE KEY", new byte[] {1, 2, 3});
    Path none = Files.writeString(folder.resolve("none"), "hello");

    assertThatThrownBy(() -> PemKey.read(broken))
        .isInstanceOf(NetworkException.class)
        .hasMessageContaining("is broken, or of an unknown kind")
        .hasMessageNotContaining("AQID");
    assertThatThrownBy(() -> PemKey.read(none)).hasMessageContaining("no private key in PEM form");
    assertThatThrownBy(() -> PemKey.read(folder.resolve("nowhere")))
        .hasMessageContaining("no such file");
  }

  private Path write(String what, byte[] der) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        folder.resolve("key.pem"),
        "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
  }

  private static byte[] der(int tag, byte[]... parts) {
    var content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    var out = new ByteArrayOutputStream();
    out.write(tag);
    out.write(content.size());
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  private static KeyPair rsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static KeyPair ec() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }
}
