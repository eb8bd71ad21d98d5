package dev.imagebuilder.service;

import static dev.imagebuilder.service.ServiceFixture.PATIENCE;
import static dev.imagebuilder.service.ServiceFixture.dockerfile;
import static dev.imagebuilder.service.ServiceFixture.logOf;
import static dev.imagebuilder.service.ServiceFixture.login;
import static dev.imagebuilder.service.ServiceFixture.outcomeOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildBackend;
import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.BuildOrder;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.CredentialSource;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.work.Tasks;
import dev.imagebuilder.service.Builds.Ticket;
import dev.imagebuilder.service.ServiceOptions.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many callers, few images, every kind of end, all at once. */
class ChaosTest {
  private static final int CALLERS = 20;
  private static final int REQUESTS = 40;
  private final FakeImages images = new FakeImages();
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();
  private final Map<BuildId, Force> forces = new ConcurrentHashMap<>();
  private final AtomicBoolean ranTwiceAtOnce = new AtomicBoolean();

  @TempDir private Path logs;

  @Test
  void everyAcceptedBuildEndsOnceAndIsCountedOnce() throws Exception {
    var counters = new ServiceFixture.CountingCounters();
    var limits = new Limits(3, 1000, PATIENCE, PATIENCE, Duration.ofSeconds(5));
    var options =
        new ServiceOptions(
            ServiceFixture.BASES,
            ServiceFixture.WORKSPACES,
            limits,
            new ServiceOptions.History(Duration.ofDays(1), 10_000, 100),
            logs);
    var parts =
        new ServiceParts(
            images, CredentialSource.NONE, new Unruly(), counters, new ServiceFixture.Clock());
    try (BuildService service = BuildService.open(parts, options)) {
      List<Callable<Integer>> callers = new ArrayList<>();
      for (int seed = 0; seed < CALLERS; seed++) {
        Random random = new Random(seed);
        callers.add(() -> callOften(service, random));
      }

      int tickets = Tasks.allOf(callers).stream().mapToInt(Integer::intValue).sum();

      assertThat(tickets).isPositive();
      assertThat(service.running()).isEmpty();
      assertThat(counters.started.get())
          .isEqualTo(counters.succeeded.get() + counters.failed.get())
          .isEqualTo(service.ended().size());
      assertThat(ranTwiceAtOnce).as("two builds of one image at once").isFalse();
      for (Build build : service.ended()) {
        assertThat(logOf(build, 0)).endsWith("\n");
      }
    }
  }

  /** Returns how many of its requests became builds. */
  private int callOften(BuildService service, Random random) throws Exception {
    int tickets = 0;
    for (int i = 0; i < REQUESTS; i++) {
      BuildRequest request = any(random);
      if (service.build(request) instanceof Ticket.Building(Build build)) {
        tickets++;
        if (random.nextInt(5) == 0) {
          build.cancel("chaos");
        }
        BuildOutcome outcome = outcomeOf(build);
        if (request.force() == Force.ALWAYS && outcome instanceof BuildOutcome.Succeeded) {
          assertThat(forces.get(build.id())).isEqualTo(Force.ALWAYS);
        }
      }
    }
    return tickets;
  }

  private static BuildRequest any(Random random) {
    return new BuildRequest(
        dockerfile("v" + random.nextInt(6), login("user", "password" + random.nextInt(3))),
        RegistryAuth.NOTHING,
        random.nextInt(3) == 0 ? Force.ALWAYS : Force.IF_MISSING,
        "owner" + random.nextInt(4),
        "",
        "",
        Attempts.ONE);
  }

  /** Ends each build in another way. */
  private final class Unruly implements BuildBackend {
    private final Random random = new Random(7);

    @Override
    public BuildOutcome run(BuildOrder order, BuildListener listener) throws InterruptedException {
      forces.put(order.id(), order.force());
      if (!underWay.add(order.workspaceRef())) {
        ranTwiceAtOnce.set(true);
      }
      try {
        listener.event(new BuildEvent.Copying());
        listener.line("x".repeat(random.nextInt(300)));
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        return end(order);
      } finally {
        underWay.remove(order.workspaceRef());
      }
    }

    private BuildOutcome end(BuildOrder order) {
      return switch (random.nextInt(6)) {
        case 0 -> {
          images.with(order.workspaceRef());
          yield new BuildOutcome.Succeeded(Digest.of(new byte[0]));
        }
        case 1 -> new BuildOutcome.Succeeded(Digest.of(new byte[0]));
        case 2, 3 -> Failed.byUser(FailureReason.SOURCE_DENIED, "denied", "");
        case 4 -> {
          images.without(order.workspaceRef());
          yield Failed.byUser(FailureReason.STEP_FAILED, "step", "");
        }
        default -> throw new IllegalStateException("unruly");
      };
    }

    @Override
    public String describe() {
      return "unruly";
    }
  }
}
