package dev.imagebuilder.ecr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.EcrHost;
import dev.imagebuilder.testing.FakeAws;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process of its own makes of its environment: the AWS SDK reads that by itself. */
final class EnvironmentIT {
  private static final String REGISTRY = "422899872803.dkr.ecr.eu-central-1.amazonaws.com";

  @TempDir private Path folder;
  private FakeRegistry aws;

  @BeforeEach
  void start() throws IOException {
    aws = FakeRegistry.answering(FakeAws.tokens());
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  @Test
  void keysAndEndpointAreThoseOfTheEnvironment() throws Exception {
    assertThat(ask(REGISTRY, keys())).isEqualTo("password AWS AKIAENV.ecr.eu-central-1");
  }

  @Test
  void theDefaultRegionIsThatOfTheEnvironment() throws Exception {
    Map<String, String> environment = keys();
    environment.put("AWS_REGION", "sa-east-1");

    assertThat(ask(EcrHost.ANY, environment)).isEqualTo("password AWS AKIAENV.ecr.sa-east-1");
  }

  @Test
  void aServiceAccountsTokenIsTradedForARole() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "service-account-token");

    String said =
        ask(
            REGISTRY,
            Map.of(
                "AWS_REGION", "eu-west-3",
                "AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/image-builder",
                "AWS_WEB_IDENTITY_TOKEN_FILE", token.toString()));

    assertThat(said).isEqualTo("password AWS " + FakeAws.ASSUMED_KEY + ".ecr.eu-central-1");
    Request trade = aws.requests().getFirst();
    assertThat(trade.text())
        .contains("Action=AssumeRoleWithWebIdentity", "WebIdentityToken=service-account-token");
    assertThat(aws.requests()).hasSize(2);
  }

  @Test
  void aRoleThatIsRefusedSaysWhy() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "service-account-token");
    aws.answer(FakeAws.refusing(403, "AccessDenied", "Not authorized to assume"));

    String said =
        ask(
            REGISTRY,
            Map.of(
                "AWS_REGION", "eu-west-3",
                "AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/image-builder",
                "AWS_WEB_IDENTITY_TOKEN_FILE", token.toString()));

    assertThat(said)
        .startsWith("failed error with ECR authenticate: no AWS credentials")
        .contains("403", "IRSA", REGISTRY, "eu-central-1")
        .doesNotContain("service-account-token");
  }

  @Test
  void nobodyInParticularSaysWhatToDo() throws Exception {
    assertThat(ask(REGISTRY, Map.of()))
        .startsWith("failed error with ECR authenticate: no AWS credentials")
        .contains("AWS_ACCESS_KEY_ID", "(for " + REGISTRY + ", asked in eu-central-1)");
    assertThat(aws.requests()).isEmpty();
  }

  @Test
  void aProfileThatIsNotThereStopsTheStart() throws Exception {
    assertThat(ask(REGISTRY, Map.of("AWS_PROFILE", "staging")))
        .isEqualTo("failed AWS_PROFILE: the AWS configuration files have no profile \"staging\"");
  }

  @Test
  void aBrokenConfigurationStopsTheStart() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken"), "[default]\naws_secret s3cret\n");

    assertThat(ask(REGISTRY, Map.of("AWS_CONFIG_FILE", broken.toString())))
        .startsWith("failed AWS configuration files cannot be read: ")
        .contains("AWS_CONFIG_FILE")
        .doesNotContain("s3cret");
  }

  private static Map<String, String> keys() {
    Map<String, String> keys = new HashMap<>();
    keys.put("AWS_ACCESS_KEY_ID", "AKIAENV");
    keys.put("AWS_SECRET_ACCESS_KEY", "s3cret");
    return keys;
  }

  /** The only line that a process of this environment prints; it knows nothing of ours. */
  private String ask(String registry, Map<String, String> environment) throws Exception {
    ProcessBuilder asking =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Asking.class.getName(),
            registry);
    asking.environment().clear();
    asking.environment().put("HOME", folder.toString());
    asking.environment().put("AWS_ENDPOINT_URL", aws.address().toString());
    asking.environment().put("AWS_EC2_METADATA_DISABLED", "true");
    asking.environment().putAll(environment);
    Process process = asking.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor(Duration.ofSeconds(60))).isTrue();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }
}
