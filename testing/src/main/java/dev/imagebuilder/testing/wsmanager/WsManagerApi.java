package dev.imagebuilder.testing.wsmanager;

import dev.imagebuilder.proto.wsman.DescribeWorkspaceRequest;
import dev.imagebuilder.proto.wsman.DescribeWorkspaceResponse;
import dev.imagebuilder.proto.wsman.GetWorkspacesRequest;
import dev.imagebuilder.proto.wsman.GetWorkspacesResponse;
import dev.imagebuilder.proto.wsman.StartWorkspaceRequest;
import dev.imagebuilder.proto.wsman.StartWorkspaceResponse;
import dev.imagebuilder.proto.wsman.StopWorkspacePolicy;
import dev.imagebuilder.proto.wsman.StopWorkspaceRequest;
import dev.imagebuilder.proto.wsman.StopWorkspaceResponse;
import dev.imagebuilder.proto.wsman.SubscribeRequest;
import dev.imagebuilder.proto.wsman.SubscribeResponse;
import dev.imagebuilder.proto.wsman.WorkspaceManagerGrpc;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;

/** The methods of {@code wsman.WorkspaceManager}. Each call has a virtual thread of its own. */
final class WsManagerApi extends WorkspaceManagerGrpc.WorkspaceManagerImplBase {
  private final Cluster cluster;
  private final Faults faults;

  WsManagerApi(Cluster cluster, Faults faults) {
    this.cluster = cluster;
    this.faults = faults;
  }

  @Override
  public void startWorkspace(
      StartWorkspaceRequest request, StreamObserver<StartWorkspaceResponse> responses) {
    answer(
        responses,
        () -> {
          faults.count(request);
          switch (faults.nextStart()) {
            case null -> {
              // as it should
            }
            case StartFault.Refuse(var status) -> throw status.asException();
            case StartFault.Hang() -> faults.hang();
            case StartFault.CreateAndHang() -> {
              var _ = cluster.create(request);
              faults.hang();
            }
            case StartFault.CreateAndFail(var status) -> {
              var _ = cluster.create(request);
              throw status.asException();
            }
          }
          StandInWorkspace workspace = cluster.create(request);
          if (!workspace.awaitUrl(cluster.urlPatience())) {
            throw Status.FAILED_PRECONDITION
                .withDescription("cannot wait for workspace URL: context deadline exceeded")
                .asException();
          }
          return StartWorkspaceResponse.newBuilder()
              .setUrl(workspace.status().getSpec().getUrl())
              .setOwnerToken(workspace.token())
              .build();
        });
  }

  @Override
  public void getWorkspaces(
      GetWorkspacesRequest request, StreamObserver<GetWorkspacesResponse> responses) {
    answer(
        responses,
        () -> {
          faults.checkGet();
          GetWorkspacesResponse.Builder all = GetWorkspacesResponse.newBuilder();
          for (StandInWorkspace workspace : cluster.workspaces()) {
            var status = workspace.status();
            if (Subscriber.matches(request.getMustMatch(), status)) {
              all.addStatus(status);
            }
          }
          return all.build();
        });
  }

  @Override
  public void stopWorkspace(
      StopWorkspaceRequest request, StreamObserver<StopWorkspaceResponse> responses) {
    answer(
        responses,
        () -> {
          faults.count(request);
          boolean isAbort = request.getPolicy() == StopWorkspacePolicy.ABORT;
          cluster
              .find(request.getId())
              .ifPresent(workspace -> workspace.end(isAbort ? Ending.aborted() : Ending.stopped()));
          return StopWorkspaceResponse.getDefaultInstance();
        });
  }

  @Override
  public void describeWorkspace(
      DescribeWorkspaceRequest request, StreamObserver<DescribeWorkspaceResponse> responses) {
    answer(
        responses,
        () -> {
          Optional<StandInWorkspace> found = cluster.find(request.getId());
          if (found.isEmpty()) {
            throw Status.NOT_FOUND.withDescription("workspace not found").asException();
          }
          return DescribeWorkspaceResponse.newBuilder().setStatus(found.get().status()).build();
        });
  }

  @Override
  public void subscribe(SubscribeRequest request, StreamObserver<SubscribeResponse> responses) {
    var out = (ServerCallStreamObserver<SubscribeResponse>) responses;
    Subscriber subscriber = new Subscriber(request.getMustMatch(), out);
    cluster.add(subscriber);
    // A platform thread: a virtual one would wait until all that have something to tell have told.
    var _ =
        Thread.ofPlatform()
            .daemon()
            .name("subscriber")
            .start(() -> {
              try {
                faults.checkSubscribe();
                subscriber.serve();
              } catch (StatusException e) {
                out.onError(e);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              } finally {
                subscriber.end(Status.CANCELLED);
                cluster.remove(subscriber);
              }
            });
  }

  private static <T> void answer(StreamObserver<T> responses, Answer<T> answer) {
    // gRPC's callbacks run on virtual threads here: they may block.
    try {
      responses.onNext(answer.get());
      responses.onCompleted();
    } catch (StatusException e) {
      responses.onError(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      responses.onError(Status.UNAVAILABLE.asException());
    }
  }

  private interface Answer<T> {
    T get() throws StatusException, InterruptedException;
  }
}
