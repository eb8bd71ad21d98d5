package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.Repository;
import java.util.Set;

/**
 * What one build may use: its request's credentials to read, the installation's to write its own
 * results and nothing else. Every secret handed out is made known to the build's redactor.
 */
final class BuildCredentials implements RegistryCredentials {
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
        job.source() instanceof BuildSource.Dockerfile
            ? Set.of(workspace, ImageReference.parse(job.baseRef()).repository())
            : Set.of(workspace);
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

  private Credential told(Credential credential) {
    redactor.hide(SecretForms.of(credential));
    return credential;
  }
}
