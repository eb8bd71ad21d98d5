package dev.imagebuilder.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.service.BuildQueue.Ticket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuildQueueTest {
  private final List<String> granted = new ArrayList<>();
  private final BuildQueue queue = new BuildQueue(2, 500);

  @Test
  void placesAreGivenInOrderAndNoMoreThanThereAre() {
    Ticket first = lineUp("ann", "a1");
    var _ = lineUp("ann", "a2");
    var _ = lineUp("ann", "a3");
    var _ = lineUp("ann", "a4");
    assertThat(granted).containsExactly("a1", "a2");

    first.close();
    first.close();

    assertThat(granted).containsExactly("a1", "a2", "a3");
  }

  @Test
  void oneOwnersManyBuildsDoNotDelayAnothersFirst() {
    List<Ticket> anns = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      anns.add(lineUp("ann", "a" + i));
    }
    var _ = lineUp("ben", "b1");
    var _ = lineUp("ben", "b2");
    var _ = lineUp("eve", "e1");

    anns.get(0).close();
    anns.get(1).close();

    assertThat(granted).containsExactly("a0", "a1", "b1", "e1");
  }

  @Test
  void everybodyGetsATurn() {
    Ticket a1 = lineUp("ann", "a1");
    Ticket b1 = lineUp("ben", "b1");
    var _ = lineUp("ann", "a2");
    var _ = lineUp("ann", "a3");
    var _ = lineUp("ben", "b2");

    a1.close();
    b1.close();

    assertThat(granted).containsExactly("a1", "b1", "a2", "b2");
  }

  @Test
  void positionsAreToldWhenTheyChange() {
    Ticket first = lineUp("ann", "a1");
    var _ = lineUp("ann", "a2");
    Counted third = new Counted();
    Counted fourth = new Counted();
    Ticket thirdTicket = queue.admit("ann", third).orElseThrow();
    thirdTicket.lineUp();
    queue.admit("ann", fourth).orElseThrow().lineUp();
    var _ = lineUp("ben", "b1");

    assertThat(third.positions).containsExactly(1, 2);
    assertThat(fourth.positions).containsExactly(2, 3);

    thirdTicket.close();
    first.close();
    assertThat(third.positions).hasSize(2);
    assertThat(fourth.positions).containsExactly(2, 3, 2, 1);
  }

  @Test
  void anOwnerMayHaveOnlySoManyWaiting() {
    BuildQueue small = new BuildQueue(1, 2);
    Ticket running = small.admit("ann", new Counted()).orElseThrow();
    running.lineUp();
    small.admit("ann", new Counted()).orElseThrow().lineUp();
    Ticket parked = small.admit("ann", new Counted()).orElseThrow();

    assertThat(small.admit("ann", new Counted())).isEmpty();
    assertThat(small.admit("ben", new Counted())).isPresent();
    assertThat(small.admitAnyway("ann", new Counted())).isNotNull();

    running.close();
    parked.close();
    assertThat(small.admit("ann", new Counted())).isPresent();
  }

  @Test
  void aParkedTicketTakesNoPlace() {
    Ticket parked = queue.admit("ann", named("parked")).orElseThrow();
    var _ = lineUp("ann", "a1");
    var _ = lineUp("ann", "a2");
    assertThat(granted).containsExactly("a1", "a2");

    parked.lineUp();
    parked.close();
    parked.lineUp();

    assertThat(granted).containsExactly("a1", "a2");
  }

  private Ticket lineUp(String owner, String name) {
    Ticket ticket = queue.admit(owner, named(name)).orElseThrow();
    ticket.lineUp();
    return ticket;
  }

  private BuildQueue.Waiter named(String name) {
    return new BuildQueue.Waiter() {
      @Override
      public void moved(int position) {}

      @Override
      public void granted() {
        granted.add(name);
      }
    };
  }

  private static final class Counted implements BuildQueue.Waiter {
    final List<Integer> positions = new ArrayList<>();

    @Override
    public void moved(int position) {
      positions.add(position);
    }

    @Override
    public void granted() {}
  }
}
