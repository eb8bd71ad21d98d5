package dev.imagebuilder.ecr;

import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Printable;
import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says what AWS refused, and what to do about it, without any secret that it may repeat. */
final class AwsFaults {
  static final String REACH_ADVICE =
      "check that this machine reaches AWS (proxy, VPC endpoint, AWS_ENDPOINT_URL)";

  private static final int LONGEST = 400;
  private static final int LONGEST_REASON = 200;
  private static final Pattern NEXT_PROVIDER = Pattern.compile(", (?=[A-Za-z]+Provider\\()");

  private AwsFaults() {}

  /** The chain found nothing, or broke. */
  static CredentialException noCredentials(RuntimeException e) {
    return new CredentialException(
        "no AWS credentials: "
            + eachReason(String.valueOf(e.getMessage()))
            + "; give this process a role (IRSA, EKS Pod Identity, an instance profile) or set"
            + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  }

  /**
   * The SDK lists its whole chain twice, in thousands of characters: {@code … : [A(): why, B():
   * why]}. What matters is the beginning of each reason.
   */
  private static String eachReason(String message) {
    int list = message.indexOf(" : [");
    if (list < 0) {
      return Printable.of(message, LONGEST);
    }
    Map<String, String> sources = new LinkedHashMap<>();
    for (String part :
        NEXT_PROVIDER.split(message.substring(list + 4).replaceFirst("]$", ""), -1)) {
      int colon = part.indexOf(": ");
      String source =
          part.substring(0, Math.max(0, colon)).replaceFirst("(?:Credentials)?Provider\\(.*", "");
      String reason = part.substring(colon + 1).strip().split("\\.(?: |$)", 2)[0];
      sources.merge(
          Printable.of(reason, LONGEST_REASON), source, (one, other) -> one + ", " + other);
    }
    return sources.entrySet().stream()
        .map(each -> each.getValue() + ": " + each.getKey())
        .collect(Collectors.joining("; "));
  }

  /** A call failed. */
  static CredentialException refused(String action, AwsCredentials with, SdkException e) {
    String what =
        e instanceof AwsServiceException answer ? answered(answer, with) : unanswered(e, with);
    return new CredentialException(action + ": " + what + "; " + advice(action, e));
  }

  private static String answered(AwsServiceException answer, AwsCredentials with) {
    var details = answer.awsErrorDetails();
    String code = details == null ? "" : String.valueOf(details.errorCode());
    String message = details == null ? "" : String.valueOf(details.errorMessage());
    return answer.statusCode()
        + (code.isEmpty() ? "" : " " + clean(code, with))
        + (message.isBlank() ? "" : " (" + clean(message, with) + ")");
  }

  private static String unanswered(SdkException e, AwsCredentials with) {
    Throwable cause = e;
    for (int depth = 0; cause.getCause() != null && depth < 10; depth++) {
      cause = cause.getCause();
    }
    if (cause instanceof UnresolvedAddressException) {
      return "there is no such host";
    }
    String name = cause.getClass().getSimpleName();
    String message = cause.getMessage();
    return message == null ? name : clean(message, with);
  }

  /** A refused signature comes back with all that was signed, from its second line on. */
  private static String clean(String text, AwsCredentials with) {
    List<String> secrets =
        with instanceof AwsSessionCredentials session
            ? List.of(session.secretAccessKey(), session.sessionToken())
            : List.of(with.secretAccessKey());
    return Printable.of(text.lines().findFirst().orElse(""), LONGEST, secrets);
  }

  private static String advice(String action, SdkException e) {
    if (!(e instanceof AwsServiceException answer)) {
      return e.getCause() instanceof IOException
          ? REACH_ADVICE + " and the region's endpoint"
          : "check the AWS configuration of this process";
    }
    if (answer.isThrottlingException()) {
      return "AWS limits how often this account may ask, try again in a while";
    }
    String code =
        answer.awsErrorDetails() == null
            ? ""
            : String.valueOf(answer.awsErrorDetails().errorCode()).toLowerCase(Locale.ROOT);
    if (code.contains("accessdenied") || code.contains("unauthorized")) {
      return "allow " + action + " to this AWS identity";
    }
    if (code.contains("expired")) {
      return "renew the AWS credentials of this process";
    }
    if (code.contains("token") || code.contains("signature") || code.contains("incomplete")) {
      return "check the AWS credentials of this process, and its clock";
    }
    return answer.statusCode() >= 500
        ? "this is a fault of AWS, try again in a while"
        : "check the AWS configuration of this process";
  }
}
