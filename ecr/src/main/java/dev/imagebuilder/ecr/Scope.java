package dev.imagebuilder.ecr;

import dev.imagebuilder.core.EcrHost;
import java.time.Duration;

/**
 * What one token is good for: all registries of a region that our AWS identity may use, whatever
 * their account.
 *
 * @param region empty for the one that the environment names
 * @see "Amazon ECR API Reference, GetAuthorizationToken (registryIds is deprecated)"
 */
record Scope(Service service, String region) {
  /** All of public ECR, whose tokens are given out in one place. */
  static final Scope PUBLIC = new Scope(Service.PUBLIC, "us-east-1");

  /** Who gives the token out. */
  enum Service {
    PRIVATE,
    PRIVATE_FIPS,
    PUBLIC
  }

  static Scope of(EcrHost host) {
    return switch (host.endpoint()) {
      case STANDARD -> new Scope(Service.PRIVATE, host.region());
      case FIPS -> new Scope(Service.PRIVATE_FIPS, host.region());
    };
  }

  /** How long a failure counts before AWS is asked again, which limits how often it is asked. */
  Duration failureKept() {
    return switch (service) {
      case PRIVATE, PRIVATE_FIPS -> Duration.ofSeconds(5);
      // Images there can be read without a token: nobody waits for one again and again.
      case PUBLIC -> Duration.ofMinutes(5);
    };
  }

  /** For messages: {@code eu-west-1}. */
  String words() {
    return region.isEmpty() ? "the default region" : region;
  }
}
