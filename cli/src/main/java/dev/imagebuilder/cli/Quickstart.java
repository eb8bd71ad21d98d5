package dev.imagebuilder.cli;

import dev.imagebuilder.cli.output.CleanText;
import dev.imagebuilder.cli.output.Output;
import dev.imagebuilder.cli.output.PlainOutput;
import dev.imagebuilder.cli.output.Words;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.logging.LogLevel;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import dev.imagebuilder.proto.v1.BuildInfo;
import dev.imagebuilder.proto.v1.BuildSpec;
import dev.imagebuilder.registry.Registries;
import dev.imagebuilder.registry.RegistryOptions;
import dev.imagebuilder.server.ServiceProcess;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/**
 * Everything on one machine: registry, git server, service and local backend in this process, the
 * example built through the API as any client would, and its image read back.
 */
final class Quickstart {
  private static final int USUAL_METRICS = 9500;
  private static final int USUAL_HEALTH = 9501;
  private static final int USUAL_DEBUG = 6060;
  private static final String EXPECTED_FILE = "usr/local/bin/greet";

  private final Stay stay;
  private final int port;
  private final PrintStream lines;
  private final PrintStream result;
  private volatile boolean isStaying;

  /**
   * Prepares a run.
   *
   * @param port where the service is to listen, if it stays
   * @param lines for people
   * @param result gets the image's reference
   */
  Quickstart(Stay stay, int port, PrintStream lines, PrintStream result) {
    this.stay = stay;
    this.port = port;
    this.lines = lines;
    this.result = result;
  }

  /** How long to run. */
  enum Stay {
    /** Until the example is verified. */
    UNTIL_BUILT,
    /** Until SIGINT or SIGTERM. */
    UNTIL_SIGNAL
  }

  /**
   * Runs to the end; returns the exit code.
   *
   * @throws CommandFailure if a part cannot start, or the example cannot be built
   */
  int run(ServiceFlags flags) throws CommandFailure, IOException, InterruptedException {
    QuickstartParts.Ports ports = ports();
    BusyboxImage busybox = BusyboxImage.ofThisMachine();
    Path home = Files.createDirectories(Folders.data(System.getenv()).resolve("quickstart"));
    try (QuickstartParts parts = QuickstartParts.start(home);
        AtExit _ = AtExit.run(() -> stop(parts))) {
      say(
          "image-builder %s: everything on this machine, data in %s"
              .formatted(Version.text(), home));
      String base = pushBase(busybox, parts.registryName());
      say(
          "  registry  %s, with a base image of this machine's busybox"
              .formatted(parts.registryName()));
      String commit = Example.commitTo(home.resolve("git"), base);
      Source.Git source =
          new Source.Git(parts.git().url(Example.NAME).toString(), Example.BRANCH, "");
      say(
          "  git       %s, branch %s, made from examples/workspace"
              .formatted(source.url(), source.ref()));
      LogLevel level = flags.isVerbose() ? LogLevel.DEBUG : LogLevel.WARNING;
      ServiceProcess service = parts.startService(home, ports, level);
      say("  service   %s; %s".formatted(address(service), service.describe()));
      String reference = build(address(service), source, commit);
      if (reference.isEmpty()) {
        return CommandFailure.FAILED;
      }
      verify(parts.registryName(), reference);
      if (stay == Stay.UNTIL_SIGNAL) {
        sayWhatNext(service, source, reference);
        isStaying = true;
        new CountDownLatch(1).await();
      }
      return 0;
    }
  }

  private void stop(QuickstartParts parts) {
    say("\nStopping; running builds are ended.");
    try {
      parts.close();
    } catch (IOException e) {
      say("not all could be closed: %s".formatted(String.valueOf(e.getMessage())));
    }
    if (isStaying) {
      // Ctrl-C is how one is meant to leave.
      Runtime.getRuntime().halt(0);
    }
  }

  private QuickstartParts.Ports ports() throws CommandFailure {
    if (stay == Stay.UNTIL_BUILT) {
      return QuickstartParts.Ports.ANY;
    }
    if (!isFree(port)) {
      throw CommandFailure.failed(
          "port "
              + port
              + " is taken: stop what listens there (another quickstart?), or choose another with"
              + " --port");
    }
    return new QuickstartParts.Ports(
        port, freeOrAny(USUAL_METRICS), freeOrAny(USUAL_HEALTH), freeOrAny(USUAL_DEBUG));
  }

  private static int freeOrAny(int usual) {
    return isFree(usual) ? usual : 0;
  }

  private static boolean isFree(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** Returns the base image's reference by digest. */
  private static String pushBase(BusyboxImage busybox, String registry)
      throws CommandFailure, IOException, InterruptedException {
    Path layout = Files.createTempDirectory("image-builder-base");
    ImageReference target = ImageReference.parse(registry + "/busybox:static");
    try (Registries registries =
        new Registries(RegistryOptions.defaults(), Network.fromEnvironment(System.getenv()))) {
      Digest digest = busybox.writeLayout(layout, Platform.ofThisMachine());
      registries.transfer().pushLayout(layout, target, new NoCredentials());
      return target.withDigest(digest).toString();
    } catch (NetworkException | RegistryException | CredentialException e) {
      throw CommandFailure.failed("the base image cannot be pushed: " + e.getMessage());
    } finally {
      Folders.delete(layout);
    }
  }

  /** Returns the image's reference, empty if the build failed. */
  private String build(String address, Source.Git source, String commit)
      throws CommandFailure, InterruptedException {
    say("\nBuilding the example: image-builder build %s#%s".formatted(source.url(), source.ref()));
    BuildSpec spec =
        BuildSpec.newBuilder()
            .setGit(SourceMapping.git(source, commit, GitLogin.NONE, SourcePaths.DEFAULTS))
            .setUseInstallationLogins(true)
            .setOwner("quickstart")
            .build();
    try (ServiceClient client =
            ServiceClient.open(
                NettyChannelBuilder.forTarget("dns:///" + address).usePlaintext(), address);
        Output output = new PlainOutput(result, lines, InstantSource.system())) {
      BuildInfo last = new BuildFollower(client, output).follow(spec);
      return Words.isGood(last) ? last.getRef() : "";
    }
  }

  private void verify(String registry, String reference)
      throws CommandFailure, IOException, InterruptedException {
    ImageCheck image = ImageCheck.read(URI.create("http://" + registry), reference);
    if (!image.files().contains(EXPECTED_FILE) || !image.label().equals(Example.NAME)) {
      throw CommandFailure.failed(
          "verify: the image is not the example's: label \""
              + image.label()
              + "\", "
              + (image.files().contains(EXPECTED_FILE) ? "" : "without ")
              + "/"
              + EXPECTED_FILE);
    }
    say(
        ("Verified: read back from the registry, %d layers, %.1f MB, every digest right, /%s is in"
                + " it.")
            .formatted(image.layers(), image.bytes() / 1e6, EXPECTED_FILE));
  }

  private void sayWhatNext(ServiceProcess service, Source.Git source, String reference) {
    int grpc = service.grpcAddress().getPort();
    String host = grpc == 8080 ? "" : "--host localhost:" + grpc + " ";
    say("\nThe service stays until Ctrl-C. In a second terminal, for instance:");
    say("  ./image-builder build %s%s#%s".formatted(host, source.url(), source.ref()));
    say(
        "  ./image-builder build %s%s"
            .formatted(host, reference.replaceFirst("workspace-images:.*", "busybox:static")));
    say("  ./image-builder build %s.".formatted(host));
    say("  ./image-builder logs %s%s".formatted(host, reference));
    say("  grpcurl -plaintext localhost:%d describe builder.ImageBuilder".formatted(grpc));
    say("  curl http://localhost:%d/metrics".formatted(service.metricsAddress().getPort()));
  }

  private static String address(ServiceProcess service) {
    return "localhost:" + service.grpcAddress().getPort();
  }

  private void say(String text) {
    lines.println(CleanText.of(text));
    lines.flush();
  }

  /** Our own registry asks nobody who they are. */
  private static final class NoCredentials implements RegistryCredentials {
    @Override
    public Credential forPull(Repository repository) {
      return Credential.anonymous();
    }

    @Override
    public Credential forPush(Repository repository) {
      return Credential.anonymous();
    }
  }
}
