package dev.imagebuilder.testing.wsmanager;

import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import dev.imagebuilder.proto.wsman.StopWorkspaceRequest;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the stand-in does wrong, when told to; and what it was asked. Safe for any thread. */
public final class Faults {
  private final Deque<StartFault> starts = new ArrayDeque<>();
  private final List<StartWorkspaceRequest> startRequests = new CopyOnWriteArrayList<>();
  private final List<StopWorkspaceRequest> stopRequests = new CopyOnWriteArrayList<>();
  private final List<String> traces = new CopyOnWriteArrayList<>();
  private final AtomicInteger getRequests = new AtomicInteger();
  private final AtomicInteger subscriptions = new AtomicInteger();
  private final CountDownLatch never = new CountDownLatch(1);
  private @Nullable Status get;
  private @Nullable Status subscribe;
  private @Nullable SupervisorFault supervisor;
  private int supervisorTimes;

  Faults() {}

  /** The next calls of StartWorkspace go wrong like this. */
  public synchronized void nextStarts(int times, StartFault fault) {
    starts.addAll(Collections.nCopies(times, fault));
  }

  /** StartWorkspace goes right again. */
  public synchronized void noMoreStartFaults() {
    starts.clear();
  }

  /** GetWorkspaces answers this; OK for what it should. */
  public synchronized void get(Status status) {
    get = status.isOk() ? null : status;
  }

  /** Subscribe ends with this at once; OK for what it should. */
  public synchronized void subscribe(Status status) {
    subscribe = status.isOk() ? null : status;
  }

  /** Supervisors do this for their next so many answers. */
  public synchronized void supervisor(int times, SupervisorFault fault) {
    supervisor = fault;
    supervisorTimes = times;
  }

  /** Supervisors do what they should. */
  public synchronized void healSupervisor() {
    supervisor = null;
  }

  /** All calls of StartWorkspace. */
  public List<StartWorkspaceRequest> startRequests() {
    return List.copyOf(startRequests);
  }

  /** All calls of StopWorkspace. */
  public List<StopWorkspaceRequest> stopRequests() {
    return List.copyOf(stopRequests);
  }

  /** The {@code uber-trace-id} of the calls that had one, behind the method's name. */
  public List<String> traces() {
    return List.copyOf(traces);
  }

  /** How often GetWorkspaces was called. */
  public int getRequests() {
    return getRequests.get();
  }

  /** How often Subscribe was called. */
  public int subscriptions() {
    return subscriptions.get();
  }

  void traced(String call) {
    traces.add(call);
  }

  void count(StartWorkspaceRequest request) {
    startRequests.add(request);
  }

  void count(StopWorkspaceRequest request) {
    stopRequests.add(request);
  }

  synchronized @Nullable StartFault nextStart() {
    return starts.poll();
  }

  void checkGet() throws StatusException {
    getRequests.incrementAndGet();
    throwIfAny(status(get));
  }

  void checkSubscribe() throws StatusException {
    subscriptions.incrementAndGet();
    throwIfAny(status(subscribe));
  }

  synchronized @Nullable SupervisorFault nextSupervisor() {
    if (supervisor != null && supervisorTimes-- <= 0) {
      supervisor = null;
    }
    return supervisor;
  }

  /** Answers nothing until the stand-in is closed, or the caller goes. */
  void hang() throws InterruptedException {
    boolean _ = never.await(1, TimeUnit.HOURS);
  }

  private synchronized @Nullable Status status(@Nullable Status fault) {
    return fault;
  }

  private static void throwIfAny(@Nullable Status fault) throws StatusException {
    if (fault != null) {
      throw fault.asException();
    }
  }

  void release() {
    never.countDown();
  }
}
