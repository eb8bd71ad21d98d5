package dev.imagebuilder.core;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host of an account's private registry in one region of Amazon ECR. Unlike mk3's pattern ours
 * is anchored, since what matches is shown the installation's token; and it knows all partitions.
 *
 * @param account twelve digits
 * @param region such as {@code us-gov-west-1}; for {@link #ANY} whatever its name says
 * @see "SPEC 5.2; awslabs/amazon-ecr-credential-helper, ecr-login/api"
 */
public record EcrHost(String account, String region, Endpoint endpoint) {

  /** Stands for all private ECR registries in what bob's proxy is given (SPEC 5.5). */
  public static final String ANY = "000000000000.dkr.ecr.dummy-host-zone.amazonaws.com";

  private static final Pattern HOST =
      Pattern.compile(
          "([0-9]{12})\\.dkr[.-]ecr(-fips)?"
              + "\\.((?:[a-z]{2,5})(?:-[a-z]{2,12}){1,2}-[0-9]{1,2}|dummy-host-zone)\\."
              + "(?:amazonaws\\.(?:com|com\\.cn|eu)|on\\.aws|on\\.amazonwebservices\\.com\\.cn"
              + "|c2s\\.ic\\.gov|sc2s\\.sgov\\.gov|cloud\\.adc-e\\.uk|csp\\.hci\\.ic\\.gov)"
              + "(?::443)?");

  /** Which of a region's endpoints. */
  public enum Endpoint {
    STANDARD,
    /** With cryptography that FIPS 140 approves. */
    FIPS
  }

  /**
   * Reads the domain of a reference.
   *
   * @return empty if it is no private ECR registry; {@code public.ecr.aws} is none
   */
  public static Optional<EcrHost> parse(String domain) {
    Matcher parts = HOST.matcher(domain);
    if (!parts.matches()) {
      return Optional.empty();
    }
    Endpoint endpoint = parts.group(2) == null ? Endpoint.STANDARD : Endpoint.FIPS;
    return Optional.of(new EcrHost(parts.group(1), parts.group(3), endpoint));
  }

  /** True if a domain is that of a private ECR registry. */
  public static boolean matches(String domain) {
    return HOST.matcher(domain).matches();
  }
}
