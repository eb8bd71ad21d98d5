package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.CredentialSource;
import dev.imagebuilder.core.EcrHost;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one build may use: its request's credentials to read, the installation's to write its own
 * results and nothing else. Every secret handed out is made known to the build's redactor.
 */
final class BuildCredentials implements RegistryCredentials {
  private static final Logger log = LoggerFactory.getLogger(BuildCredentials.class);

  private final CredentialsPolicy policy;
  private final Job job;
  private final Redactor redactor;
  private final Set<Repository> results;
  private volatile boolean copying;

  BuildCredentials(CredentialsPolicy policy, Job job, Redactor redactor) {
    this.policy = policy;
    this.job = job;
    this.redactor = redactor;
    Repository workspace = ImageReference.parse(job.ref()).repository();
    this.results =
        job.source() instanceof BuildSource.Image
            ? Set.of(workspace)
            : Set.of(workspace, ImageReference.parse(job.baseRef()).repository());
  }

  /**
   * Lets the copy to the workspace repository read what the build itself has pushed. Not before: a
   * FROM must not read other people's base images with the installation's credential.
   */
  void startCopying() {
    copying = true;
  }

  @Override
  public Credential forPull(Repository repository) throws CredentialException {
    if (copying && results.contains(repository)) {
      return forPush(repository);
    }
    return told(policy.forRequest(repository.domain(), job.auth()));
  }

  @Override
  public Credential forPush(Repository repository) throws CredentialException {
    if (!results.contains(repository)) {
      return Credential.anonymous();
    }
    return told(policy.forInstallation(repository.domain()));
  }

  /** What a workspace's build may use beyond the pull secret, in the order of the domains. */
  @Override
  public Map<String, ProxyLogin> forProxy() {
    Map<String, ProxyLogin> logins = new TreeMap<>();
    String workspaceDomain = ImageReference.parse(job.ref()).domain();
    job.auth()
        .additional()
        .forEach((domain, value) -> {
          if (!domain.equals(workspaceDomain)) {
            Credential own = CredentialsPolicy.own(job.auth().additional(), domain);
            logins.put(domain, login(own, value));
          }
        });
    String baseDomain = ImageReference.parse(job.baseRef()).domain();
    addInstallation(logins, baseDomain, this::forBase);
    addInstallation(logins, EcrHost.ANY, policy::forInstallation);
    return logins;
  }

  /** Our own base repository is written to; any other was the request's choice. */
  private Credential forBase(String domain) throws CredentialException {
    return job.source() instanceof BuildSource.Image
        ? policy.allowed(domain, job.auth())
        : policy.forInstallation(domain);
  }

  /** As in mk3 a build is tried without what cannot be found. */
  private void addInstallation(
      Map<String, ProxyLogin> logins, String domain, CredentialSource source) {
    try {
      Credential found = told(source.find(domain));
      if (found.isPresent()) {
        logins.put(domain, login(found, auth(domain, found)));
      }
    } catch (CredentialException e) {
      log.atWarn()
          .addKeyValue("registry", domain)
          .addKeyValue("cause", e.getMessage())
          .log("cannot find a credential for a build's proxy, the build is started without");
    }
  }

  /** Tokens of ECR are given both ways, as by mk3. */
  private static Secret auth(String domain, Credential found) {
    if (!EcrHost.matches(domain) || !(found instanceof Credential.Password(var user, var token))) {
      return Secret.of("");
    }
    byte[] pair = (user + ":" + token.reveal()).getBytes(StandardCharsets.UTF_8);
    return Secret.of(Base64.getEncoder().encodeToString(pair));
  }

  private static ProxyLogin login(Credential credential, Secret auth) {
    Secret nothing = Secret.of("");
    return switch (credential) {
      case Credential.Anonymous() -> new ProxyLogin("", nothing, auth, nothing);
      case Credential.Password(var user, var password) ->
          new ProxyLogin(user, password, auth, nothing);
      case Credential.IdentityToken(var token) -> new ProxyLogin("", nothing, auth, token);
    };
  }

  private Credential told(Credential credential) {
    redactor.hide(SecretForms.of(credential));
    return credential;
  }
}
