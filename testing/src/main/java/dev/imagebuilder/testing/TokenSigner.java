package dev.imagebuilder.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes the tokens of the distribution project: JSON web tokens by ES256, with the certificate of
 * who signs.
 *
 * @see "distribution/docs/spec/auth/jwt.md"
 */
final class TokenSigner {
  private static final int LIFETIME_SECONDS = 300;

  private final PrivateKey key;
  private final String header;

  private TokenSigner(PrivateKey key, String header) {
    this.key = key;
    this.header = header;
  }

  /** Signs with the server's key of a folder of {@link TlsFiles}. */
  static TokenSigner of(Path tls) throws IOException {
    try {
      byte[] certificate = TlsFiles.certificate(tls).getEncoded();
      String header =
          "{\"typ\":\"JWT\",\"alg\":\"ES256\",\"x5c\":[\"%s\"]}"
              .formatted(Base64.getEncoder().encodeToString(certificate));
      return new TokenSigner(TlsFiles.key(tls), header);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot sign with the files in " + tls, e);
    }
  }

  /**
   * A token.
   *
   * @param access {@code repository:name:action}, one action each
   */
  String sign(String id, String user, Set<String> access) throws IOException {
    long now = Instant.now().getEpochSecond();
    String entries = access.stream().map(TokenSigner::entry).collect(Collectors.joining(","));
    String claims =
        """
        {"iss":"%s","aud":"%s","sub":"%s","jti":"%s","iat":%d,"nbf":%d,"exp":%d,"access":[%s]}\
        """
            .formatted(
                FakeTokenService.ISSUER,
                FakeTokenService.SERVICE,
                user,
                id,
                now,
                now - 10,
                now + LIFETIME_SECONDS,
                entries);
    String signed = base64(header) + "." + base64(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot sign", e);
    }
  }

  private static String entry(String access) {
    String[] parts = access.split(":", 3);
    return "{\"type\":\"%s\",\"name\":\"%s\",\"actions\":[\"%s\"]}"
        .formatted(parts[0], parts[1], parts[2]);
  }

  private static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
