package dev.imagebuilder.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers of AWS, as far as tokens for ECR need it: ECR and public ECR in the JSON 1.1 protocol,
 * STS in the query protocol. For a {@link FakeRegistry}, to which {@code AWS_ENDPOINT_URL} leads.
 */
public final class FakeAws {
  /** {@code X-Amz-Target} of a private registry's token. */
  public static final String ECR = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";

  /** {@code X-Amz-Target} of public ECR's token. */
  public static final String ECR_PUBLIC = "SpencerFrontendService.GetAuthorizationToken";

  /** The access key that STS gives out. */
  public static final String ASSUMED_KEY = "ASIASTANDIN";

  private static final Pattern SIGNED_BY =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^/]+)/[0-9]{8}/([^/]+)/([^/]+)/aws4_request, .*");

  private FakeAws() {}

  /** Tokens that say who asked where: {@code AWS:<access key>.<service>.<region>}; 12 hours. */
  public static Answer tokens() {
    Answer tokens =
        request ->
            token(
                    "AWS:" + accessKey(request) + "." + service(request) + "." + region(request),
                    Instant.now().plus(Duration.ofHours(12)))
                .to(request);
    return sts().when(request -> request.text().contains("Action="), tokens);
  }

  /** One token, in whatever it is encoded and however it is asked for. */
  public static Answer token(String decoded, Instant expires) {
    return encoded(
        Base64.getEncoder().encodeToString(decoded.getBytes(StandardCharsets.UTF_8)), expires);
  }

  /** One token as it is. */
  public static Answer encoded(String token, Instant expires) {
    String data =
        "{\"authorizationToken\": \"%s\", \"expiresAt\": %d, \"proxyEndpoint\": \"https://x\"}"
            .formatted(token, expires.getEpochSecond());
    return request -> {
      boolean isPublic = request.header("X-Amz-Target").orElse("").equals(ECR_PUBLIC);
      return json(200, "{\"authorizationData\": " + (isPublic ? data : "[" + data + "]") + "}");
    };
  }

  /** An answer that holds no token. */
  public static Answer empty() {
    return Answer.of(json(200, "{\"authorizationData\": []}"));
  }

  /** An error such as {@code AccessDeniedException}. */
  public static Answer refusing(int status, String code, String message) {
    return Answer.of(
        json(status, "{\"__type\": \"%s\", \"message\": \"%s\"}".formatted(code, message)));
  }

  /** Who signed a request: an access key's id. */
  public static String accessKey(Request request) {
    return signature(request).group(1);
  }

  /** The region that a request is for, by its signature. */
  public static String region(Request request) {
    return signature(request).group(2);
  }

  /** The service that a request is for, by its signature. */
  public static String service(Request request) {
    return signature(request).group(3);
  }

  /** Gives out credentials for whatever token a service account has. */
  private static Answer sts() {
    String xml =
        """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult>
            <Credentials>
              <AccessKeyId>%s</AccessKeyId>
              <SecretAccessKey>assumed-secret</SecretAccessKey>
              <SessionToken>assumed-session</SessionToken>
              <Expiration>%s</Expiration>
            </Credentials>
            <AssumedRoleUser>
              <Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn>
              <AssumedRoleId>AROA:s</AssumedRoleId>
            </AssumedRoleUser>
          </AssumeRoleWithWebIdentityResult>
        </AssumeRoleWithWebIdentityResponse>
        """
            .formatted(ASSUMED_KEY, Instant.now().plus(Duration.ofHours(1)));
    return Answer.of(Reply.of(200, "text/xml", xml.getBytes(StandardCharsets.UTF_8)));
  }

  private static Reply json(int status, String json) {
    return Reply.of(status, "application/x-amz-json-1.1", json.getBytes(StandardCharsets.UTF_8));
  }

  private static Matcher signature(Request request) {
    Matcher signature = SIGNED_BY.matcher(request.header("Authorization").orElse(""));
    if (!signature.matches()) {
      throw new AssertionError("not signed: " + request);
    }
    return signature;
  }
}
