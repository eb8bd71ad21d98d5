package dev.imagebuilder.cli;

import picocli.CommandLine.Command;

/**
 * {@code image-builder imagebuilds}: gpctl's verbs, by mk3's API (SPEC 10.3), for our service, mk3
 * itself and ws-manager.
 */
@Command(
    name = "imagebuilds",
    description = "Ask a service of a Gitpod installation, as gpctl does.",
    footer = {
      "",
      "They use mk3's API, which has no cancel: builds go on when such a command ends.",
      "Reach a service in a cluster with: kubectl port-forward deployment/image-builder-mk3 8080"
    },
    subcommands = {
      ImagebuildsBuild.class,
      ImagebuildsBatch.class,
      ImagebuildsList.class,
      ImagebuildsLogs.class,
      ResolveCommand.class
    })
final class ImagebuildsCommand {}
