package dev.imagebuilder.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code image-builder clusters}: what a service outside of a cluster needs from it. */
@Command(
    name = "clusters",
    description = "Get from a Gitpod cluster what a service outside of it needs.",
    subcommands = ClustersCommand.GetTlsConfig.class)
final class ClustersCommand {

  /** {@code clusters get-tls-config} (SPEC 10.3). */
  @Command(
      name = "get-tls-config",
      description = "Write the certificates with which ws-manager is called into a folder.",
      footer = {"", "Uses the current kube context: KUBECONFIG, or ~/.kube/config."})
  static final class GetTlsConfig implements Callable<Integer> {

    @Option(
        names = "--secretName",
        paramLabel = "NAME",
        defaultValue = "ws-manager-mk2-client-tls",
        description = "The secret that holds them; default ${DEFAULT-VALUE}.")
    private String secret = "";

    @Option(
        names = "--namespace",
        paramLabel = "NAME",
        description = "Where the secret is; default: the context's namespace.")
    private @Nullable String namespace;

    @Option(
        names = "--tls-path",
        paramLabel = "FOLDER",
        defaultValue = "./wsman-tls",
        description = "Where the files go, made if it is not there; default ${DEFAULT-VALUE}.")
    private Path folder = Path.of("");

    @Override
    public Integer call() throws CommandFailure {
      new ClusterTls(secret, namespace).writeTo(folder);
      System.out.println("wrote ws-manager TLS config to: " + folder);
      return 0;
    }
  }
}
