package dev.imagebuilder.core;

/** What proves to a registry who asks. Prints nothing secret. */
public sealed interface Credential {

  /** Nobody in particular. */
  static Credential anonymous() {
    return new Anonymous();
  }

  /** No credential. */
  record Anonymous() implements Credential {}

  /** A user and a password, sent by Basic authentication or traded for a token. */
  record Password(String username, Secret password) implements Credential {}

  /** A long-lived identity token that is traded for access tokens (OAuth2 refresh token). */
  record IdentityToken(Secret token) implements Credential {}

  /** True if there is something to send. */
  default boolean isPresent() {
    return !(this instanceof Anonymous);
  }
}
