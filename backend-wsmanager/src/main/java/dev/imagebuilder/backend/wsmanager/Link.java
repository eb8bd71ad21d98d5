package dev.imagebuilder.backend.wsmanager;

import static io.grpc.Metadata.ASCII_STRING_MARSHALLER;

import dev.imagebuilder.core.TraceContext;
import dev.imagebuilder.proto.wsman.GetWorkspacesRequest;
import dev.imagebuilder.proto.wsman.MetadataFilter;
import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import dev.imagebuilder.proto.wsman.StartWorkspaceResponse;
import dev.imagebuilder.proto.wsman.StopWorkspacePolicy;
import dev.imagebuilder.proto.wsman.StopWorkspaceRequest;
import dev.imagebuilder.proto.wsman.SubscribeRequest;
import dev.imagebuilder.proto.wsman.WorkspaceManagerGrpc;
import dev.imagebuilder.proto.wsman.WorkspaceStatus;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The calls to ws-manager. Each has a deadline, and an interrupt cancels it. */
final class Link {
  /** Chooses the workspaces that are image builds (SPEC 7.1). */
  static final String MANAGED_BY = "managed-by";

  static final String IMAGE_BUILDER = "image-builder";

  private static final MetadataFilter OURS =
      MetadataFilter.newBuilder().putAnnotations(MANAGED_BY, IMAGE_BUILDER).build();

  private final ManagedChannel channel;
  private final Duration patience;

  Link(ManagedChannel channel, Duration patience) {
    this.channel = channel;
    this.patience = patience;
  }

  /** Tries to connect now, however long the channel meant to wait. */
  void hurry() {
    channel.resetConnectBackoff();
  }

  /** All image builds, also some that are over. */
  List<WorkspaceStatus> list() throws CallException, InterruptedException {
    var request = GetWorkspacesRequest.newBuilder().setMustMatch(OURS).build();
    return call(() -> within(patience).getWorkspaces(request)).getStatusList();
  }

  /** Starts a workspace; the call belongs to the trace. */
  StartWorkspaceResponse start(StartWorkspaceRequest request, TraceContext trace, Duration limit)
      throws CallException, InterruptedException {
    Metadata headers = new Metadata();
    trace
        .headers()
        .forEach(
            (name, value) -> headers.put(Metadata.Key.of(name, ASCII_STRING_MARSHALLER), value));
    return call(() ->
        within(limit)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .startWorkspace(request));
  }

  /** Ends a workspace soon; there may be none. */
  void stop(String id) throws CallException, InterruptedException {
    var request =
        StopWorkspaceRequest.newBuilder()
            .setId(id)
            .setPolicy(StopWorkspacePolicy.IMMEDIATELY)
            .build();
    var _ = call(() -> within(patience).stopWorkspace(request));
  }

  /** Hears of changes from now on. */
  Subscription subscribe(Consumer<WorkspaceStatus> taker) {
    Subscription subscription = new Subscription(taker);
    WorkspaceManagerGrpc.newStub(channel)
        .subscribe(SubscribeRequest.newBuilder().setMustMatch(OURS).build(), subscription);
    return subscription;
  }

  private WorkspaceManagerGrpc.WorkspaceManagerBlockingStub within(Duration limit) {
    return WorkspaceManagerGrpc.newBlockingStub(channel)
        .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static <T> T call(Supplier<T> call) throws CallException, InterruptedException {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      // gRPC cancels the call and leaves the interrupt for us.
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted in a call to ws-manager");
      }
      throw new CallException(e.getStatus());
    }
  }
}
