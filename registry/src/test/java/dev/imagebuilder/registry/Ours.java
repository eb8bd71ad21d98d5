package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.ImageTransfer;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.core.RegistryCredentials;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.Repository;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.net.NetworkException;
import dev.imagebuilder.testing.DebianRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Our client as {@link Registries} puts it together, but with a clock that a test turns. */
final class Ours implements AutoCloseable {
  static final Credential NOBODY = Credential.anonymous();

  /** Whom Debian's registry knows. */
  static final Credential TESTER = password(DebianRegistry.USER, DebianRegistry.PASSWORD);

  /** Tries again at once, but waits for a busy machine. */
  static final Patience STEADY =
      new Patience(
          3,
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofMillis(5),
          Duration.ofSeconds(1));

  /** For servers that stand still. */
  static final Patience HASTY =
      new Patience(
          2,
          Duration.ofMillis(400),
          Duration.ofMillis(400),
          Duration.ofMillis(5),
          Duration.ofSeconds(1));

  /** For bodies that stand still between servers that are slow for other reasons. */
  static final Patience BRISK =
      new Patience(
          2,
          Duration.ofSeconds(30),
          Duration.ofMillis(1_500),
          Duration.ofMillis(5),
          Duration.ofSeconds(1));

  private static final Network NETWORK = Network.ofJdk();

  final TurnedClock clock = new TurnedClock();
  private final Endpoints endpoints;
  private final Sessions sessions;

  private Ours(RegistryOptions options, Network network) throws NetworkException {
    Transport transport = new Transport(new Wire(network));
    this.endpoints = new Endpoints(options, network, new LoopbackScheme(clock));
    Logins logins = new Logins(new TokenService(transport, clock), clock);
    this.sessions = new Sessions(endpoints, new Session.Tools(transport, logins));
  }

  static Ours open() throws NetworkException {
    return new Ours(RegistryOptions.defaults(), NETWORK);
  }

  static Ours open(Map<String, HostOptions> hosts) throws NetworkException {
    return new Ours(new RegistryOptions(hosts), NETWORK);
  }

  static Ours open(Map<String, HostOptions> hosts, Network network) throws NetworkException {
    return new Ours(new RegistryOptions(hosts), network);
  }

  /** Knows that these domains speak plain HTTP, and so asks them nothing more than it must. */
  static Ours plain(String... domains) throws NetworkException {
    Map<String, HostOptions> hosts = new HashMap<>();
    for (String domain : domains) {
      hosts.put(domain, new HostOptions(HostOptions.Scheme.PLAIN_HTTP, null, List.of()));
    }
    return open(hosts);
  }

  static Credential password(String user, String password) {
    return new Credential.Password(user, Secret.of(password));
  }

  /** Resolves for linux/amd64 in one attempt. */
  ImageReference resolve(String reference, Credential credential) throws Exception {
    return resolve(reference, credential, Attempts.ONE);
  }

  ImageReference resolve(String reference, Credential credential, Attempts attempts)
      throws Exception {
    return resolve(reference, credential, attempts, Platform.LINUX_AMD64);
  }

  ImageReference resolve(
      String reference, Credential credential, Attempts attempts, Platform platform)
      throws Exception {
    return new RegistryImages(sessions, platform)
        .resolve(ImageReference.parse(reference), credential, attempts);
  }

  /** Looks up for linux/amd64, and remembers. */
  Images images() {
    return new RegistryImages(sessions, Platform.LINUX_AMD64);
  }

  /** How resolving fails. */
  RegistryException refusal(String reference, Credential credential) {
    return refusal(() -> resolve(reference, credential));
  }

  /** How something fails. */
  static RegistryException refusal(ThrowingCallable call) {
    return assertThatExceptionOfType(RegistryException.class).isThrownBy(call).actual();
  }

  /** One session with the registry itself. */
  Session session(String domain, Credential credential, Patience patience)
      throws InterruptedException {
    return sessions.forWriting(domain, credential, patience);
  }

  ImageTransfer transfer() {
    return transfer(STEADY);
  }

  ImageTransfer transfer(Patience patience) {
    return new RegistryTransfer(sessions, patience);
  }

  /** Copies between registries that are open to all. */
  Digest copy(String from, String to) throws Exception {
    return copy(from, to, NOBODY, NOBODY);
  }

  Digest copy(String from, String to, Credential pull, Credential push) throws Exception {
    return transfer()
        .copy(ImageReference.parse(from), ImageReference.parse(to), credentials(pull, push));
  }

  static RegistryCredentials credentials(Credential pull, Credential push) {
    return new RegistryCredentials() {
      @Override
      public Credential forPull(Repository repository) {
        return pull;
      }

      @Override
      public Credential forPush(Repository repository) {
        return push;
      }
    };
  }

  @Override
  public void close() {
    endpoints.close();
  }
}
