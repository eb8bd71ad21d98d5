package dev.imagebuilder.service;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives out places to run, a bounded number of them. The owner with the fewest running builds is
 * next, then who was not served for longest: nobody's many builds delay another's first one. Safe
 * for any thread.
 */
final class BuildQueue {
  private final int places;
  private final int queuedPerOwner;
  private final Map<String, Integer> running = new HashMap<>();
  private final Map<String, Integer> queued = new HashMap<>();
  private final Map<String, Integer> lastServed = new HashMap<>();
  private final List<Ticket> waiting = new ArrayList<>();
  private int taken;
  private int served;

  BuildQueue(int places, int queuedPerOwner) {
    this.places = places;
    this.queuedPerOwner = queuedPerOwner;
  }

  /** Hears what becomes of a ticket; must return at once. */
  interface Waiter {
    /** It is at this position now; 1 is next. */
    void moved(int position);

    /** It has a place. */
    void granted();
  }

  /**
   * A ticket that does not wait in line yet; empty if its owner has too many that have no place.
   */
  synchronized Optional<Ticket> admit(String owner, Waiter waiter) {
    return queued.getOrDefault(owner, 0) < queuedPerOwner
        ? Optional.of(admitAnyway(owner, waiter))
        : Optional.empty();
  }

  /** The same, however many its owner has. */
  synchronized Ticket admitAnyway(String owner, Waiter waiter) {
    count(queued, owner, 1);
    return new Ticket(owner, waiter);
  }

  /** A ticket that needs no place and never waits for one. */
  Ticket outside(String owner, Waiter waiter) {
    Ticket ticket = new Ticket(owner, waiter);
    ticket.state = Ticket.State.GONE;
    return ticket;
  }

  /** Gives free places out, then tells the others where they are. */
  private void dispatch() {
    List<Ticket> line = inOrder();
    while (taken < places && !line.isEmpty()) {
      Ticket next = line.getFirst();
      taken++;
      count(queued, next.owner, -1);
      count(running, next.owner, 1);
      lastServed.put(next.owner, ++served);
      next.state = Ticket.State.RUNNING;
      next.waiter.granted();
      waiting.remove(next);
      line = inOrder();
    }
    for (int i = 0; i < line.size(); i++) {
      line.get(i).moveTo(i + 1);
    }
  }

  /** In the order in which they would get places if no other came or went. */
  private List<Ticket> inOrder() {
    Map<String, Integer> before = new HashMap<>(running);
    for (Ticket ticket : waiting) {
      ticket.rank = before.merge(ticket.owner, 1, Integer::sum);
    }
    List<Ticket> line = new ArrayList<>(waiting);
    line.sort(
        Comparator.<Ticket>comparingInt(ticket -> ticket.rank)
            .thenComparingInt(ticket -> lastServed.getOrDefault(ticket.owner, 0)));
    return line;
  }

  private static void count(Map<String, Integer> counts, String owner, int change) {
    int now = counts.getOrDefault(owner, 0) + change;
    if (now == 0) {
      counts.remove(owner);
    } else {
      counts.put(owner, now);
    }
  }

  /** One build's right to a place, from its acceptance to its end. */
  final class Ticket implements AutoCloseable {
    private final String owner;
    private final Waiter waiter;
    private State state = State.PARKED;
    private int rank;
    private int position;

    private Ticket(String owner, Waiter waiter) {
      this.owner = owner;
      this.waiter = waiter;
    }

    /** Begins to wait for a place. */
    void lineUp() {
      synchronized (BuildQueue.this) {
        if (state == State.PARKED) {
          state = State.WAITING;
          waiting.add(this);
          dispatch();
        }
      }
    }

    /** Gives the place, or the wait for it, back. */
    @Override
    public void close() {
      synchronized (BuildQueue.this) {
        switch (state) {
          case RUNNING -> {
            taken--;
            count(running, owner, -1);
          }
          case PARKED, WAITING -> {
            waiting.remove(this);
            count(queued, owner, -1);
          }
          case GONE -> {}
        }
        state = State.GONE;
        if (!running.containsKey(owner) && !queued.containsKey(owner)) {
          lastServed.remove(owner);
        }
        dispatch();
      }
    }

    private void moveTo(int now) {
      if (position != now) {
        position = now;
        waiter.moved(now);
      }
    }

    private enum State {
      PARKED,
      WAITING,
      RUNNING,
      GONE
    }
  }
}
