package dev.imagebuilder.ecr;

import dev.imagebuilder.core.CredentialException;

/** Gives out tokens. */
@FunctionalInterface
interface Issuer {

  /**
   * A new token.
   *
   * @throws CredentialException if there is none: says why and what to do
   */
  EcrToken issue(Scope scope) throws CredentialException, InterruptedException;
}
