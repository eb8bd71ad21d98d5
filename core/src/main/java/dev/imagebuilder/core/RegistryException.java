package dev.imagebuilder.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A registry did not do what it was asked. Never holds a token or a password. */
public final class RegistryException extends Exception {
  private final Reason reason;
  private final transient Exchange exchange;

  /**
   * Describes a failed exchange.
   *
   * @param what what was tried, on what, and what happened: {@code push reg/a@sha256:…: 403 DENIED}
   */
  public RegistryException(
      Reason reason, String what, Exchange exchange, @Nullable Throwable cause) {
    super(what, cause);
    this.reason = reason;
    this.exchange = exchange;
  }

  /** Which kind of failure it is. */
  public Reason reason() {
    return reason;
  }

  /** The exchange that failed. */
  public Exchange exchange() {
    return exchange;
  }

  /** A closed set of failures. */
  public enum Reason {
    /** 401, also after credentials were sent. */
    UNAUTHORIZED,
    /** 403, or a token that lacks the scope. */
    DENIED,
    NAME_UNKNOWN,
    MANIFEST_UNKNOWN,
    BLOB_UNKNOWN,
    /** 429. */
    RATE_LIMITED,
    /** Content does not hash to its name. */
    DIGEST_MISMATCH,
    /** An index has no entry for the platform. */
    NO_PLATFORM,
    /** The registry's answer is not what the specification allows. */
    INVALID_ANSWER,
    /** No connection, a broken one, TLS, a deadline. */
    TRANSPORT,
    /** Any other status. */
    OTHER;

    /** True if the image, or its repository, is not there. */
    public boolean isNotFound() {
      return this == NAME_UNKNOWN || this == MANIFEST_UNKNOWN;
    }
  }

  /**
   * What went over the wire.
   *
   * @param status the HTTP status, null if there was no answer
   * @param codes the registry's own error codes
   * @param retryAfter how long the registry asked to wait, null if it did not
   * @param attempts how often it was tried, from 1
   */
  public record Exchange(
      String method,
      String host,
      String repository,
      @Nullable Integer status,
      List<String> codes,
      @Nullable Duration retryAfter,
      int attempts) {
    public Exchange {
      codes = List.copyOf(codes);
    }

    /** The HTTP status, if there was an answer. */
    public Optional<Integer> statusIfAny() {
      return Optional.ofNullable(status);
    }
  }
}
