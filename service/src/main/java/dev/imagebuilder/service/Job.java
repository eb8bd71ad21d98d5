package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.Secret;

/**
 * What to build for a request, once it is clear that it has to be built.
 *
 * @param source a base image in digest form, or a Dockerfile
 * @param owner who asked; empty if not said
 * @param supervisorRef for backends that build in workspaces; empty if not said
 */
record Job(
    BuildSource source,
    RegistryAuth auth,
    Force force,
    String owner,
    String baseRef,
    String ref,
    String supervisorRef) {

  /** Requests with equal callers succeed or fail alike. */
  Caller caller() {
    return source instanceof BuildSource.Dockerfile(var git, _, _, _)
        ? new Caller(git.login(), git.extras().oneTimeLogin(), auth)
        : new Caller(GitLogin.NONE, Secret.of(""), auth);
  }

  /** All credentials that a request brings or may use. */
  record Caller(GitLogin login, Secret oneTimeLogin, RegistryAuth auth) {}
}
