package dev.imagebuilder.ecr;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.CredentialSource;
import dev.imagebuilder.core.EcrHost;
import dev.imagebuilder.core.Printable;
import dev.imagebuilder.net.Network;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Tokens for Amazon ECR, got with the AWS identity of this process. Knows nothing of other
 * registries. Thread-safe.
 *
 * @see "SPEC 5.2"
 */
public final class EcrCredentials implements CredentialSource, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EcrCredentials.class);
  private static final String PUBLIC_HOST = "public.ecr.aws";

  /** What AWS_PROFILE is if nobody sets it; need not be there. */
  private static final String NO_PROFILE = ProfileFileSystemSetting.AWS_PROFILE.defaultValue();

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final EcrOptions options;
  private final KeptTokens tokens;
  private final SdkAutoCloseable[] owned;

  /** Why there was no login for public ECR last: said once. */
  private final AtomicReference<String> said = new AtomicReference<>("");

  /** For tests, which close what they give. */
  EcrCredentials(EcrOptions options, KeptTokens tokens, SdkAutoCloseable... owned) {
    this.options = options;
    this.tokens = tokens;
    this.owned = owned;
  }

  /**
   * Reads the AWS configuration as the AWS tools do; asks nobody yet.
   *
   * @throws CredentialException if that configuration cannot be used
   */
  public static EcrCredentials open(EcrOptions options, Network network)
      throws CredentialException {
    checkProfile();
    // Looked for anew each time: what was found first may be gone, and another be there.
    var identity = DefaultCredentialsProvider.builder().reuseLastProviderEnabled(false).build();
    var http = new NetworkHttpClient(network);
    var home = DefaultAwsRegionProviderChain.builder().build();
    Issuer issuer = new LimitedIssuer(new AwsIssuer(identity, home, http), LIMIT);
    var tokens = new KeptTokens(issuer, InstantSource.system(), LIMIT.multipliedBy(2));
    return new EcrCredentials(options, tokens, http, identity);
  }

  @Override
  public Credential find(String domain) throws CredentialException {
    if (domain.equals(PUBLIC_HOST)) {
      return ofPublic();
    }
    Optional<EcrHost> host = EcrHost.parse(domain);
    return host.isEmpty() ? Credential.anonymous() : token(scope(host.get(), domain), domain);
  }

  /** Ends requests that are under way. */
  @Override
  public void close() {
    for (SdkAutoCloseable part : owned) {
      part.close();
    }
  }

  private Scope scope(EcrHost host, String domain) {
    return domain.equals(EcrHost.ANY)
        ? new Scope(Scope.Service.PRIVATE, options.homeRegion())
        : Scope.of(host);
  }

  private Credential token(Scope scope, String domain) throws CredentialException {
    try {
      return tokens.get(scope).credential();
    } catch (CredentialException e) {
      throw new CredentialException(
          "error with ECR authenticate: "
              + e.getMessage()
              + " (for "
              + domain
              + ", asked in "
              + scope.words()
              + ")");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new CredentialException("interrupted while asking for a token for " + domain);
    }
  }

  /** Everybody may read there, so that a token we cannot get stops nobody. */
  private Credential ofPublic() {
    try {
      return token(Scope.PUBLIC, PUBLIC_HOST);
    } catch (CredentialException e) {
      String why = String.valueOf(e.getMessage());
      if (!said.getAndSet(why).equals(why)) {
        log.atWarn().addKeyValue("cause", why).log("no login for public.ecr.aws, used without");
      }
      return Credential.anonymous();
    }
  }

  private static void checkProfile() throws CredentialException {
    String name = ProfileFileSystemSetting.AWS_PROFILE.getStringValueOrThrow();
    try {
      ProfileFile file = ProfileFile.defaultProfileFile();
      if (!name.equals(NO_PROFILE) && file.profile(name).isEmpty()) {
        throw new CredentialException(
            "AWS_PROFILE: the AWS configuration files have no profile \""
                + Printable.of(name, 100)
                + "\"");
      }
    } catch (SdkException | IllegalArgumentException | IllegalStateException e) {
      throw new CredentialException(
          "AWS configuration files cannot be read: "
              + Printable.of(String.valueOf(e.getMessage()), 300)
              + "; see AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE");
    }
  }
}
