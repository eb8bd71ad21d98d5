package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildResponse;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.builder.BuildStatus;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc;
import dev.imagebuilder.proto.builder.ImageBuilderGrpc.ImageBuilderBlockingStub;
import dev.imagebuilder.proto.builder.ListBuildsRequest;
import dev.imagebuilder.proto.builder.LogsRequest;
import dev.imagebuilder.proto.builder.LogsResponse;
import dev.imagebuilder.proto.builder.ResolveBaseImageRequest;
import dev.imagebuilder.proto.builder.ResolveWorkspaceImageRequest;
import dev.imagebuilder.testing.TlsFiles;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls as they come in an installation: through ws-manager, which forwards them (SPEC 1.4). */
@Tag("row-144")
final class BehindProxyIT {
  private static final String NAME = "image-builder-mk3";

  private final FakeBuilds builds = new FakeBuilds();
  @TempDir private Path folder;
  private ServiceProcess service;
  private ManagedChannel upstream;
  private Server proxy;
  private ManagedChannel channel;
  private ImageBuilderBlockingStub client;

  @BeforeEach
  void start() throws Exception {
    TlsFiles.make(folder);
    TlsFiles.issue(folder, NAME);
    service = TestService.start(TestService.tls(folder, NAME), builds);
    // One certificate for both sides, as the installer mounts it into ws-manager.
    upstream =
        NettyChannelBuilder.forAddress(service.grpcAddress())
            .overrideAuthority(NAME)
            .sslContext(
                GrpcSslContexts.forClient()
                    .trustManager(folder.resolve(TlsFiles.AUTHORITY).toFile())
                    .keyManager(
                        folder.resolve(NAME + ".crt").toFile(),
                        folder.resolve(NAME + ".key").toFile())
                    .protocols("TLSv1.2")
                    .build())
            .build();
    proxy =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(forwarded())
            .build()
            .start();
    channel = TestService.connect((InetSocketAddress) proxy.getListenSockets().getFirst());
    client = ImageBuilderGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    proxy.shutdownNow();
    upstream.shutdownNow();
    service.close();
  }

  @Test
  @Tag("row-145")
  void allFiveCallsAnswerAsTheServerExpects() {
    FakeBuild build = builds.add();
    build.print("hello\n");

    Iterator<BuildResponse> updates = client.build(request());
    BuildResponse first = updates.next();
    assertThat(first.getStatus()).isEqualTo(BuildStatus.running);
    assertThat(first.getRef()).isNotEmpty().isEqualTo(first.getInfo().getRef());
    assertThat(first.getBaseRef()).isNotEmpty().isEqualTo(first.getInfo().getBaseRef());
    assertThat(client.listBuilds(ListBuildsRequest.getDefaultInstance()).getBuildsList())
        .hasSize(1);
    build.to(new BuildEvent.Finished(new BuildOutcome.Succeeded(Digest.of(new byte[] {1}))));
    List<BuildResponse> rest = new ArrayList<>();
    updates.forEachRemaining(rest::add);
    assertThat(rest.getLast().getStatus()).isEqualTo(BuildStatus.done_success);
    assertThat(rest.getLast().getRef()).isEqualTo(first.getRef());

    Iterator<LogsResponse> log =
        client.logs(LogsRequest.newBuilder().setBuildRef(first.getRef()).build());
    assertThat(log.next().getContent().toStringUtf8()).isEqualTo("hello\n");
    assertThat(
            client
                .resolveBaseImage(ResolveBaseImageRequest.newBuilder().setRef("alpine").build())
                .getRef())
        .isEqualTo("alpine@resolved");
    assertThat(
            client
                .resolveWorkspaceImage(
                    ResolveWorkspaceImageRequest.newBuilder()
                        .setSource(request().getSource())
                        .build())
                .getRef())
        .isEqualTo("ws");
  }

  @Test
  void statusPassesThrough() {
    assertThatThrownBy(
            () -> client.logs(LogsRequest.newBuilder().setBuildRef("none").build()).hasNext())
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("NOT_FOUND: build not found");
  }

  @Test
  void callerThatGoesDoesNotStopTheBuild() throws Exception {
    builds.add();
    Context.CancellableContext caller = Context.current().withCancellation();
    Iterator<BuildResponse> updates = caller.call(() -> client.build(request()));
    updates.next();

    caller.cancel(null);

    assertThatThrownBy(updates::hasNext).isInstanceOf(StatusRuntimeException.class);
    assertThat(client.listBuilds(ListBuildsRequest.getDefaultInstance()).getBuildsList())
        .hasSize(1);
  }

  private static BuildRequest request() {
    return BuildRequest.newBuilder()
        .setSource(
            BuildSource.newBuilder().setRef(BuildSourceReference.newBuilder().setRef("alpine")))
        .build();
  }

  private ServerServiceDefinition forwarded() {
    var service = ServerServiceDefinition.builder(ImageBuilderGrpc.getServiceDescriptor());
    ImageBuilderGrpc.getServiceDescriptor()
        .getMethods()
        .forEach(method -> service.addMethod(method, new Forwarder<>()));
    return service.build();
  }

  /** Hands a call on in the caller's context, without its metadata. */
  private final class Forwarder<Q, A> implements ServerCallHandler<Q, A> {
    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, A> call, Metadata headers) {
      MethodDescriptor<Q, A> method = call.getMethodDescriptor();
      ClientCall<Q, A> onward = upstream.newCall(method, CallOptions.DEFAULT);
      onward.start(new Backward<>(call), new Metadata());
      onward.request(Integer.MAX_VALUE);
      call.request(2);
      return new ServerCall.Listener<>() {
        @Override
        public void onMessage(Q message) {
          onward.sendMessage(message);
        }

        @Override
        public void onHalfClose() {
          onward.halfClose();
        }

        @Override
        public void onCancel() {
          onward.cancel("the caller has gone", null);
        }
      };
    }
  }

  /** Hands answers back. */
  private static final class Backward<A> extends ClientCall.Listener<A> {
    private final ServerCall<?, A> call;
    private boolean hasHeaders;

    Backward(ServerCall<?, A> call) {
      this.call = call;
    }

    @Override
    public void onMessage(A message) {
      if (!hasHeaders) {
        hasHeaders = true;
        call.sendHeaders(new Metadata());
      }
      call.sendMessage(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!call.isCancelled()) {
        call.close(status, new Metadata());
      }
    }
  }
}
