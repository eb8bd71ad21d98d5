package dev.imagebuilder.ecr;

import dev.imagebuilder.core.EcrHost;
import java.util.List;
import java.util.Optional;

/**
 * What is known about the installation's own registries.
 *
 * @param homeRegion whose token stands for all of ECR where only one can be given; empty for the
 *     one that the environment names
 */
public record EcrOptions(String homeRegion) {

  /** The home is where results are pushed to, if that is ECR. */
  public static EcrOptions pushingTo(List<String> domains) {
    return new EcrOptions(
        domains.stream()
            .map(EcrHost::parse)
            .flatMap(Optional::stream)
            .map(EcrHost::region)
            .findFirst()
            .orElse(""));
  }
}
