package dev.imagebuilder.ecr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.ecr.Scope.Service;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.FakeAws;
import dev.imagebuilder.testing.FakeProxy;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Request;
import dev.imagebuilder.testing.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;

/** The AWS SDK against a stand-in for AWS. */
final class AwsIssuerIT {
  private static final String ENDPOINT = "aws.endpointUrl";
  private static final Scope EU = new Scope(Service.PRIVATE, "eu-west-1");
  private static final AwsCredentialsProvider ME =
      StaticCredentialsProvider.create(
          AwsSessionCredentials.create("AKIASTANDIN", "wJalrSECRETKEY", "FwoGsession0token"));

  private FakeRegistry aws;

  @BeforeEach
  void start() throws Exception {
    aws = FakeRegistry.answering(FakeAws.tokens());
    System.setProperty(ENDPOINT, aws.address().toString());
  }

  @AfterEach
  void stop() {
    System.clearProperty(ENDPOINT);
    aws.close();
  }

  @Test
  void aTokenIsAskedForInTheRegistrysRegionForAllAccounts() throws Exception {
    EcrToken token = issue(EU);

    assertThat(token.credential())
        .isEqualTo(new Credential.Password("AWS", Secret.of("AKIASTANDIN.ecr.eu-west-1")));
    assertThat(Duration.between(Instant.now(), token.expires()))
        .isBetween(Duration.ofHours(11), Duration.ofHours(12));
    Request request = aws.requests().getFirst();
    assertThat(request).hasToString("POST /");
    assertThat(request.header("X-Amz-Target")).contains(FakeAws.ECR);
    assertThat(request.header("Content-Type")).contains("application/x-amz-json-1.1");
    assertThat(request.header("X-Amz-Security-Token")).contains("FwoGsession0token");
    assertThat(request.text()).isEqualTo("{}");
  }

  @Test
  void eachRegionIsAskedByItself() throws Exception {
    issue(EU);
    issue(new Scope(Service.PRIVATE, "us-gov-west-1"));
    issue(new Scope(Service.PRIVATE, "cn-north-1"));
    issue(new Scope(Service.PRIVATE, ""));

    assertThat(aws.requests().stream().map(FakeAws::region))
        .containsExactly("eu-west-1", "us-gov-west-1", "cn-north-1", "ap-south-1");
  }

  @Test
  void publicEcrIsAskedInItsOnlyPlace() throws Exception {
    assertThat(issue(Scope.PUBLIC).credential().password())
        .isEqualTo(Secret.of("AKIASTANDIN.ecr-public.us-east-1"));
    assertThat(aws.requests().getFirst().header("X-Amz-Target")).contains(FakeAws.ECR_PUBLIC);
  }

  @Test
  @Tag("row-64")
  void answersWithoutATokenOrWithAnOddOneSaySo() {
    Instant soon = Instant.now().plusSeconds(60);

    aws.answer(FakeAws.empty());
    assertThat(fault(EU)).isEqualTo("no ECR authorization data received");
    aws.answer(FakeAws.token("justatoken", soon));
    assertThat(fault(EU)).isEqualTo("cannot understand ECR token. Expected 2 segments, got 1");
    aws.answer(FakeAws.token("a:b:c:d", soon));
    assertThat(fault(EU)).isEqualTo("cannot understand ECR token. Expected 2 segments, got 4");
    aws.answer(FakeAws.encoded("!!!", soon));
    assertThat(fault(EU)).isEqualTo("cannot understand ECR token: it is not base64");
  }

  @Test
  void aMomentOfThrottlingIsWaitedOut() throws Exception {
    aws.answer(throttling().times(2, FakeAws.tokens()));

    assertThat(issue(EU).credential().username()).isEqualTo("AWS");
    assertThat(aws.requests()).hasSize(3);
  }

  @Test
  void longThrottlingSaysWhatIsLimited() {
    aws.answer(throttling());

    assertThat(fault(EU))
        .isEqualTo(
            "ecr:GetAuthorizationToken: 400 ThrottlingException (Rate exceeded); AWS limits how"
                + " often this account may ask, try again in a while");
  }

  @Test
  void anIdentityThatMayNotAskSaysWhatToAllow() {
    aws.answer(FakeAws.refusing(400, "AccessDeniedException", "User: arn:x is not authorized"));

    assertThat(fault(EU))
        .isEqualTo(
            "ecr:GetAuthorizationToken: 400 AccessDeniedException (User: arn:x is not authorized);"
                + " allow ecr:GetAuthorizationToken to this AWS identity");
    assertThat(fault(Scope.PUBLIC))
        .endsWith("allow ecr-public:GetAuthorizationToken to this AWS" + " identity");
    assertThat(aws.requests()).hasSize(2);
  }

  @Test
  void anIdentityThatHasEndedSaysSo() {
    aws.answer(FakeAws.refusing(400, "ExpiredTokenException", "The security token is expired"));

    assertThat(fault(EU))
        .isEqualTo(
            "ecr:GetAuthorizationToken: 400 ExpiredTokenException (The security token is expired);"
                + " renew the AWS credentials of this process");
  }

  @Test
  void whatAwsRepeatsOfASignatureIsNotShown() {
    aws.answer(
        FakeAws.refusing(
            403,
            "InvalidSignatureException",
            "The signature of FwoGsession0token does not match.\\nThe canonical string was"
                + " POST x-amz-security-token:FwoGsession0token wJalrSECRETKEY"));

    assertThat(fault(EU))
        .isEqualTo(
            "ecr:GetAuthorizationToken: 403 InvalidSignatureException (The signature of *** does"
                + " not match.); check the AWS credentials of this process, and its clock");
  }

  @Test
  void anEndpointThatHangsIsGivenUp() {
    aws.answer(FakeAws.tokens().after(Duration.ofMinutes(10)));

    String fault =
        fault(issuer(new NetworkHttpClient(Network.ofJdk(), Duration.ofMillis(200))), EU);

    assertThat(fault)
        .startsWith(
            "ecr:GetAuthorizationToken: " + aws.domain() + " did not answer within 200 ms; check")
        .contains("AWS_ENDPOINT_URL");
  }

  @Test
  void anAnswerWithoutEndIsGivenUp() {
    aws.answer(Answer.zeros("application/x-amz-json-1.1", 1L << 30));

    assertThat(fault(EU)).startsWith("ecr:GetAuthorizationToken: ");
  }

  @Test
  void anEndpointThatIsNotThereIsNamed() {
    System.setProperty(ENDPOINT, "http://ecr.stand-in.invalid");

    assertThat(fault(EU)).startsWith("ecr:GetAuthorizationToken: ").contains("check that");
  }

  @Test
  void anIdentityThatCannotBeFoundSaysWhatToDo() {
    AwsCredentialsProvider nobody =
        () -> {
          throw SdkClientException.create("Unable to load credentials from any of the providers");
        };
    var issuer =
        new AwsIssuer(nobody, () -> Region.AP_SOUTH_1, new NetworkHttpClient(Network.ofJdk()));

    assertThat(fault(issuer, EU))
        .startsWith("no AWS credentials: Unable to load credentials from any of the providers; ")
        .contains("IRSA", "AWS_ACCESS_KEY_ID");
    assertThat(aws.requests()).isEmpty();
  }

  @Test
  void aRegionThatNobodyNamesIsAskedFor() {
    var issuer =
        new AwsIssuer(
            ME,
            () -> {
              throw SdkClientException.create("Unable to load region");
            },
            new NetworkHttpClient(Network.ofJdk()));

    assertThat(fault(issuer, new Scope(Service.PRIVATE, "")))
        .isEqualTo("no AWS region; set AWS_REGION");
  }

  @Test
  void theProcessesProxyIsUsed() throws Exception {
    try (FakeProxy proxy = FakeProxy.to(aws.address().getPort())) {
      System.setProperty(ENDPOINT, "http://ecr.stand-in.invalid");
      Network network =
          Network.fromEnvironment(Map.of("HTTP_PROXY", "http://me:pw@" + proxy.address()));

      assertThat(issuer(new NetworkHttpClient(network)).issue(EU).credential().username())
          .isEqualTo("AWS");
      assertThat(proxy.heads().getFirst())
          .contains("POST http://ecr.stand-in.invalid/", "Proxy-Authorization: Basic");
    }
  }

  /**
   * The proxy leads to somebody who speaks no TLS; where it was asked to lead to is what counts.
   */
  @Test
  void eachPartitionHasAnEndpointOfItsOwn() throws Exception {
    System.clearProperty(ENDPOINT);
    try (FakeProxy proxy = FakeProxy.to(aws.address().getPort())) {
      Network network = Network.fromEnvironment(Map.of("HTTPS_PROXY", "http://" + proxy.address()));
      AwsIssuer issuer = issuer(new NetworkHttpClient(network, Duration.ofMillis(200)));
      for (Scope scope :
          List.of(
              EU,
              new Scope(Service.PRIVATE, "us-gov-west-1"),
              new Scope(Service.PRIVATE, "cn-north-1"),
              new Scope(Service.PRIVATE, "eusc-de-east-1"),
              new Scope(Service.PRIVATE_FIPS, "us-east-1"),
              Scope.PUBLIC)) {
        fault(issuer, scope);
      }

      assertThat(proxy.heads().stream().map(head -> head.split(" ", 3)[1]).distinct())
          .containsExactly(
              "api.ecr.eu-west-1.amazonaws.com:443",
              "api.ecr.us-gov-west-1.amazonaws.com:443",
              "api.ecr.cn-north-1.amazonaws.com.cn:443",
              "api.ecr.eusc-de-east-1.amazonaws.eu:443",
              "api.ecr-fips.us-east-1.amazonaws.com:443",
              "api.ecr-public.us-east-1.amazonaws.com:443");
    }
  }

  @Test
  void theProcessesAuthoritiesAreTrustedAndNoOthers(@TempDir Path folder) throws Exception {
    TlsFiles.make(folder);
    try (FakeRegistry secure = FakeRegistry.secure(folder)) {
      secure.answer(FakeAws.tokens());
      System.setProperty(ENDPOINT, secure.address().toString());

      assertThat(fault(EU)).startsWith("ecr:GetAuthorizationToken: ");
      Network network = Network.ofJdk().withCa(folder.resolve(TlsFiles.AUTHORITY));
      assertThat(issuer(new NetworkHttpClient(network)).issue(EU).credential().username())
          .isEqualTo("AWS");
    }
  }

  private static Answer throttling() {
    return FakeAws.refusing(400, "ThrottlingException", "Rate exceeded");
  }

  private static AwsIssuer issuer(NetworkHttpClient http) {
    return new AwsIssuer(ME, () -> Region.AP_SOUTH_1, http);
  }

  private static EcrToken issue(Scope scope) throws CredentialException {
    return issuer(new NetworkHttpClient(Network.ofJdk())).issue(scope);
  }

  private static String fault(Scope scope) {
    return fault(issuer(new NetworkHttpClient(Network.ofJdk())), scope);
  }

  private static String fault(AwsIssuer issuer, Scope scope) {
    return String.valueOf(
        assertThatExceptionOfType(CredentialException.class)
            .isThrownBy(() -> issuer.issue(scope))
            .actual()
            .getMessage());
  }
}
