package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.RegistryAuth;

/**
 * What to build for a request, once it is clear that it has to be built.
 *
 * @param source a base image in digest form, or a Dockerfile
 * @param owner who asked; empty if not said
 */
record Job(
    BuildSource source, RegistryAuth auth, Force force, String owner, String baseRef, String ref) {

  /** Requests with equal callers succeed or fail alike. */
  Caller caller() {
    return new Caller(login(), auth);
  }

  /** The login for the source's git remote. */
  GitLogin login() {
    return source instanceof BuildSource.Dockerfile dockerfile
        ? dockerfile.git().login()
        : GitLogin.NONE;
  }

  /** All credentials that a request brings or may use. */
  record Caller(GitLogin login, RegistryAuth auth) {}
}
