package dev.imagebuilder.buildkit.session;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;

/**
 * A key of one session's own. The daemon keeps tokens, and lets another session use them only if
 * that can sign with the same key; so nothing goes from one build to another.
 */
final class TokenAuthority {
  private static final int RAW_KEY = 32;

  private final KeyPair keys;

  private TokenAuthority(KeyPair keys) {
    this.keys = keys;
  }

  static TokenAuthority random() {
    try {
      return new TokenAuthority(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  /** The 32 bytes of the public key: the end of its X.509 form. */
  byte[] publicKey() {
    byte[] encoded = keys.getPublic().getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - RAW_KEY, encoded.length);
  }

  /** The signature and the payload behind it, as NaCl's sign has it. */
  byte[] sign(byte[] payload) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(keys.getPrivate());
      signature.update(payload);
      byte[] signed = signature.sign();
      byte[] both = Arrays.copyOf(signed, signed.length + payload.length);
      System.arraycopy(payload, 0, both, signed.length, payload.length);
      return both;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK signs with Ed25519", e);
    }
  }
}
