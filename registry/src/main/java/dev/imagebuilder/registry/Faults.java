package dev.imagebuilder.registry;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Durations;
import dev.imagebuilder.core.Printable;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Exchange;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.Secret;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Turns what went wrong into a {@link RegistryException} that says whose fault it is. */
final class Faults {
  private static final int LONGEST_BODY = 64 << 10;
  private static final int LONGEST_CAUSE = 200;

  /** How the JDK's client says that a connection ended. */
  private static final String NO_ANSWER = "header parser received no bytes";

  private Faults() {}

  /** No answer, or one that broke off. */
  static RegistryException transport(Purpose purpose, String method, URI uri, IOException cause) {
    String what = purpose.words() + ": " + said(cause, uri.getRawAuthority());
    Exchange exchange = exchange(purpose, method, uri, null, List.of(), null);
    return new RegistryException(Reason.TRANSPORT, what, exchange, cause);
  }

  /** An answer that the specification does not allow. */
  static RegistryException invalid(Call call, URI uri, @Nullable Integer status, String why) {
    Exchange exchange = exchange(call.purpose(), call.method(), uri, status, List.of(), null);
    String what = call.purpose().words() + ": " + uri.getRawAuthority() + " " + why;
    return new RegistryException(Reason.INVALID_ANSWER, what, exchange, null);
  }

  /** Content that does not hash to its name. */
  static RegistryException mismatch(Call call, URI uri, String why) {
    Exchange exchange = exchange(call.purpose(), call.method(), uri, 200, List.of(), null);
    String what = call.purpose().words() + ": " + uri.getRawAuthority() + " " + why;
    return new RegistryException(Reason.DIGEST_MISMATCH, what, exchange, null);
  }

  /**
   * An answer of a status that is not what was hoped for. Reads the beginning of its body.
   *
   * @param credential what was given to convince the registry
   */
  static RegistryException refusal(Call call, Answer answer, Credential credential) {
    Purpose purpose = call.purpose();
    ErrorBody error = errorOf(answer, credential);
    Reason reason = reason(purpose, answer, error.codes());
    Optional<Duration> retryAfter =
        answer.header("Retry-After").flatMap(text -> RetryAfter.parse(text, Instant.now()));
    StringBuilder what = new StringBuilder(purpose.words()).append(": ").append(answer.status());
    error.codes().forEach(code -> what.append(' ').append(code));
    if (!error.message().isEmpty()) {
      what.append(" (").append(error.message()).append(')');
    }
    if (answer.from() == Answer.From.ELSEWHERE) {
      what.append(" from ").append(answer.uri().getRawAuthority()).append(", where it redirects");
    }
    what.append(advice(reason, purpose.repository().domain(), credential, retryAfter));
    Exchange exchange =
        exchange(
            purpose,
            call.method(),
            answer.uri(),
            answer.status(),
            error.codes(),
            retryAfter.orElse(null));
    return new RegistryException(reason, what.toString(), exchange, null);
  }

  /** The same failure, after so many attempts. */
  static RegistryException after(int attempts, RegistryException last) {
    Exchange once = last.exchange();
    Exchange all =
        new Exchange(
            once.method(),
            once.host(),
            once.repository(),
            once.status(),
            once.codes(),
            once.retryAfter(),
            attempts);
    String what = last.getMessage() + "; gave up after " + attempts + " attempts";
    return new RegistryException(last.reason(), what, all, last);
  }

  private static ErrorBody errorOf(Answer answer, Credential credential) {
    // Who is redirected to somewhere inside must not read to us what it found there.
    if (answer.from() == Answer.From.ELSEWHERE) {
      return new ErrorBody(List.of(), "");
    }
    try {
      return ErrorBody.parse(answer.bytes(LONGEST_BODY), secrets(answer, credential));
    } catch (IOException _) {
      return new ErrorBody(List.of(), "");
    }
  }

  private static Reason reason(Purpose purpose, Answer answer, List<String> codes) {
    return switch (answer.status()) {
      case 401 -> isScopeMissing(answer) ? Reason.DENIED : Reason.UNAUTHORIZED;
      case 403 -> Reason.DENIED;
      case 404 -> missing(purpose, codes);
      case 429 -> Reason.RATE_LIMITED;
      default -> codes.contains("TOOMANYREQUESTS") ? Reason.RATE_LIMITED : Reason.OTHER;
    };
  }

  /** A token was accepted as genuine and does not allow enough. */
  private static boolean isScopeMissing(Answer answer) {
    return Challenge.parse(answer.headers("WWW-Authenticate")).stream()
        .anyMatch(challenge ->
            answer.authorization().isPresent()
                && challenge.parameter("error").equals("insufficient_scope"));
  }

  private static Reason missing(Purpose purpose, List<String> codes) {
    if (codes.contains("NAME_UNKNOWN")) {
      return Reason.NAME_UNKNOWN;
    }
    return switch (purpose.subject()) {
      case MANIFEST -> Reason.MANIFEST_UNKNOWN;
      case BLOB -> Reason.BLOB_UNKNOWN;
      case UPLOAD -> codes.contains("BLOB_UPLOAD_UNKNOWN") ? Reason.OTHER : Reason.NAME_UNKNOWN;
      case TOKEN -> Reason.OTHER;
    };
  }

  private static String advice(
      Reason reason, String domain, Credential credential, Optional<Duration> retryAfter) {
    return switch (reason) {
      case UNAUTHORIZED ->
          credential.isPresent()
              ? "; the credentials for " + domain + " were refused"
              : "; there are no credentials for " + domain;
      case DENIED ->
          credential.isPresent()
              ? "; the credentials for " + domain + " do not allow it"
              : "; there are no credentials for " + domain;
      case RATE_LIMITED ->
          "; "
              + domain
              + " limits how often "
              + (credential.isPresent() ? "this account" : "callers without credentials")
              + " may ask, "
              + retryAfter
                  .map(wait -> "try again in " + Durations.words(wait))
                  .orElse("it does not say when to try again");
      default -> "";
    };
  }

  private static String said(IOException cause, String host) {
    return switch (cause) {
      case HttpConnectTimeoutException _ -> "cannot connect to " + host + " in time";
      case HttpTimeoutException e -> host + " " + e.getMessage();
      case UnknownHostException _ -> "there is no host " + host;
      case ConnectException e when causedBy(e, UnresolvedAddressException.class) ->
          "there is no host " + host;
      case ConnectException e ->
          "cannot connect to " + host + (e.getMessage() == null ? "" : ": " + brief(e));
      case SSLException e when causedBy(e, CertificateException.class) ->
          "the certificate of " + host + " is not trusted: " + brief(e);
      case SSLException e -> "no TLS with " + host + ": " + brief(e);
      case IOException e when String.valueOf(e.getMessage()).contains(NO_ANSWER) ->
          host + " ended the connection without an answer";
      default -> "talking to " + host + " failed: " + brief(cause);
    };
  }

  private static String brief(IOException cause) {
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : Printable.of(message, LONGEST_CAUSE);
  }

  /** True if a cause of the failure is of the type. */
  static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
    int depth = 0;
    for (Throwable at = failure; at != null && depth < 20; at = at.getCause(), depth++) {
      if (type.isInstance(at)) {
        return true;
      }
    }
    return false;
  }

  private static List<String> secrets(Answer answer, Credential credential) {
    List<String> secrets = new ArrayList<>();
    answer.authorization().map(Secret::reveal).ifPresent(sent -> addParts(sent, secrets));
    switch (credential) {
      case Credential.Password(_, Secret password) -> secrets.add(password.reveal());
      case Credential.IdentityToken(Secret token) -> secrets.add(token.reveal());
      case Credential.Anonymous _ -> {}
    }
    return secrets;
  }

  /** The token of {@code Bearer token}; of {@code Basic …} both forms. */
  private static void addParts(String authorization, List<String> secrets) {
    String value = authorization.substring(authorization.indexOf(' ') + 1);
    secrets.add(value);
    if (authorization.startsWith("Basic ")) {
      secrets.add(
          new String(Base64.getDecoder().decode(value), java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  private static Exchange exchange(
      Purpose purpose,
      String method,
      URI uri,
      @Nullable Integer status,
      List<String> codes,
      @Nullable Duration retryAfter) {
    String host = String.valueOf(uri.getRawAuthority());
    return new Exchange(method, host, purpose.repository().path(), status, codes, retryAfter, 1);
  }
}
