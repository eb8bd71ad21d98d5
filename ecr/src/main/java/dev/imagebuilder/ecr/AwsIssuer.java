package dev.imagebuilder.ecr;

import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.ecr.Scope.Service;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.services.ecr.EcrClient;
import software.amazon.awssdk.services.ecr.model.AuthorizationData;
import software.amazon.awssdk.services.ecrpublic.EcrPublicClient;

/** Asks AWS. A client lives for one request: there is one in hours, and regions are many. */
final class AwsIssuer implements Issuer {
  private final AwsCredentialsProvider identity;
  private final AwsRegionProvider home;
  private final SdkHttpClient http;

  /**
   * Asks nobody yet.
   *
   * @param identity who we are
   * @param home the region of a scope that names none
   */
  AwsIssuer(AwsCredentialsProvider identity, AwsRegionProvider home, SdkHttpClient http) {
    this.identity = identity;
    this.home = home;
    this.http = http;
  }

  @Override
  public EcrToken issue(Scope scope) throws CredentialException {
    AwsCredentials with = credentials();
    Region region = region(scope);
    String service = scope.service() == Service.PUBLIC ? "ecr-public" : "ecr";
    try {
      return scope.service() == Service.PUBLIC
          ? ofPublic(region, with)
          : ofPrivate(scope, region, with);
    } catch (SdkException e) {
      throw AwsFaults.refused(service + ":GetAuthorizationToken", with, e);
    }
  }

  private AwsCredentials credentials() throws CredentialException {
    try {
      return identity.resolveCredentials();
    } catch (SdkException | IllegalStateException e) {
      throw AwsFaults.noCredentials(e);
    }
  }

  private Region region(Scope scope) throws CredentialException {
    if (!scope.region().isEmpty()) {
      return Region.of(scope.region());
    }
    try {
      return home.getRegion();
    } catch (SdkClientException _) {
      throw new CredentialException("no AWS region; set AWS_REGION");
    }
  }

  private EcrToken ofPrivate(Scope scope, Region region, AwsCredentials with)
      throws CredentialException {
    var building =
        EcrClient.builder()
            .region(region)
            .credentialsProvider(StaticCredentialsProvider.create(with))
            .httpClient(http);
    if (scope.service() == Service.PRIVATE_FIPS) {
      building.fipsEnabled(true);
    }
    try (EcrClient client = building.build()) {
      var data = client.getAuthorizationToken().authorizationData();
      if (data.isEmpty()) {
        throw nothing();
      }
      AuthorizationData first = data.getFirst();
      return token(first.authorizationToken(), first.expiresAt());
    }
  }

  private EcrToken ofPublic(Region region, AwsCredentials with) throws CredentialException {
    var building =
        EcrPublicClient.builder()
            .region(region)
            .credentialsProvider(StaticCredentialsProvider.create(with))
            .httpClient(http);
    try (EcrPublicClient client = building.build()) {
      var data = client.getAuthorizationToken(_ -> {}).authorizationData();
      if (data == null) {
        throw nothing();
      }
      return token(data.authorizationToken(), data.expiresAt());
    }
  }

  /** Every member of an answer may be missing. */
  private static EcrToken token(@Nullable String token, @Nullable Instant expires)
      throws CredentialException {
    if (token == null) {
      throw nothing();
    }
    return EcrToken.parse(Secret.of(token), expires == null ? Instant.MAX : expires);
  }

  private static CredentialException nothing() {
    return new CredentialException("no ECR authorization data received");
  }
}
