package dev.imagebuilder.buildkit.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class TokenAuthorityTest {
  /** What an Ed25519 key has in front of it in X.509. */
  private static final String X509_PREFIX = "302a300506032b6570032100";

  private final TokenAuthority authority = TokenAuthority.random();

  @Test
  void signatureIsThatOfThePublicKeyWithThePayloadBehindIt() throws Exception {
    byte[] signed = authority.sign("payload".getBytes(UTF_8));

    assertThat(new String(signed, 64, signed.length - 64, UTF_8)).isEqualTo("payload");
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(key(authority.publicKey()));
    signature.update("payload".getBytes(UTF_8));
    assertThat(signature.verify(Arrays.copyOf(signed, 64))).isTrue();
  }

  @Test
  void everySessionHasAnotherKey() {
    assertThat(authority.publicKey()).hasSize(32).isNotEqualTo(TokenAuthority.random().publicKey());
  }

  private static PublicKey key(byte[] raw) throws Exception {
    byte[] encoded = HexFormat.of().parseHex(X509_PREFIX + HexFormat.of().formatHex(raw));
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }
}
