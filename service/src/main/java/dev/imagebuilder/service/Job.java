package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.core.TraceContext;
import java.time.Duration;
import java.util.Optional;

/**
 * What to build for a request, once it is clear that it has to be built.
 *
 * @param source a base image in digest form, or a Dockerfile
 * @param owner who asked; empty if not said
 * @param ref where the workspace image goes; for a directory a name of the job's own, since the
 *     image's is not known before it is built
 * @param supervisorRef for backends that build in workspaces; empty if not said
 * @param timeout how long it may take; the service's limit if empty or longer
 */
record Job(
    BuildSource source,
    RegistryAuth auth,
    Force force,
    String owner,
    String baseRef,
    String ref,
    String supervisorRef,
    Optional<Duration> timeout,
    TraceContext trace) {

  /** Requests with equal callers succeed or fail alike. */
  Caller caller() {
    return source instanceof BuildSource.Dockerfile(var git, _, _, _, _)
        ? new Caller(git.login(), git.extras().oneTimeLogin(), auth)
        : new Caller(GitLogin.NONE, Secret.of(""), auth);
  }

  /** True if the image's name is not known before it is built. */
  boolean isUnnamed() {
    return source instanceof BuildSource.Directory;
  }

  /** All credentials that a request brings or may use. */
  record Caller(GitLogin login, Secret oneTimeLogin, RegistryAuth auth) {}
}
