package dev.imagebuilder.ecr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("row-64")
final class EcrTokenTest {

  @Test
  void userAndPasswordAreTheTwoSegments() throws Exception {
    assertThat(EcrToken.parse(encoded("AWS:s3cret"), Instant.EPOCH).credential())
        .isEqualTo(new Credential.Password("AWS", Secret.of("s3cret")));
  }

  @Test
  void moreOrFewerSegmentsAreRefused() {
    assertThat(fault(encoded("AWS")))
        .isEqualTo("cannot understand ECR token. Expected 2 segments, got 1");
    assertThat(fault(encoded("AWS:s3:cret")))
        .isEqualTo("cannot understand ECR token. Expected 2 segments, got 3");
  }

  @Test
  void whatIsNotBase64IsRefusedAndNotRepeated() {
    assertThat(fault(Secret.of("s3cret!")))
        .isEqualTo("cannot understand ECR token: it is not base64");
  }

  private static @Nullable String fault(Secret token) {
    return assertThatExceptionOfType(CredentialException.class)
        .isThrownBy(() -> EcrToken.parse(token, Instant.EPOCH))
        .actual()
        .getMessage();
  }

  private static Secret encoded(String text) {
    return Secret.of(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
  }
}
