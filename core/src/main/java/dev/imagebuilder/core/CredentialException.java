package dev.imagebuilder.core;

/** Credentials could not be looked up: a helper failed, a file is broken. Never holds a secret. */
public final class CredentialException extends Exception {

  /** Says what was tried and what happened. */
  public CredentialException(String message) {
    super(message);
  }
}
