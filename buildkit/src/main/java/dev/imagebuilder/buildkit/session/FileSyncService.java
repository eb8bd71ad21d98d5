package dev.imagebuilder.buildkit.session;

import dev.imagebuilder.buildkit.files.ContextException;
import dev.imagebuilder.buildkit.files.FileSource;
import dev.imagebuilder.buildkit.files.FileWish;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.proto.buildkit.filesync.FileSyncGrpc;
import dev.imagebuilder.proto.buildkit.fsutil.Packet;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** Lets the daemon read the folders of a build. */
final class FileSyncService extends FileSyncGrpc.FileSyncImplBase {
  private static final Context.Key<Metadata> HEADERS = Context.key("headers");

  private final FileSource files;
  private final SessionFaults faults;
  private final ExecutorService threads;

  FileSyncService(FileSource files, SessionFaults faults, ExecutorService threads) {
    this.files = files;
    this.faults = faults;
    this.threads = threads;
  }

  /** Keeps the calls' headers, in which the daemon says what it wants. */
  static ServerInterceptor headers() {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return Contexts.interceptCall(
            Context.current().withValue(HEADERS, headers), call, headers, next);
      }
    };
  }

  @Override
  public StreamObserver<Packet> diffCopy(StreamObserver<Packet> response) {
    FileWish wish = wish(HEADERS.get());
    var packets = new GrpcPackets((ServerCallStreamObserver<Packet>) response);
    var _ = threads.submit(() -> serve(wish, packets, response));
    return packets;
  }

  private void serve(FileWish wish, GrpcPackets packets, StreamObserver<Packet> response) {
    try {
      files.serve(wish, packets);
      response.onCompleted();
    } catch (ContextException e) {
      String message = String.valueOf(e.getMessage());
      faults.add(
          Failed.byUser(FailureReason.SOURCE_UNREACHABLE, message, "Try again when it is there"));
      fail(response, Status.FAILED_PRECONDITION, e);
    } catch (IOException e) {
      fail(response, Status.UNAVAILABLE, e);
    } catch (IllegalArgumentException e) {
      String message = ".dockerignore: " + e.getMessage();
      faults.add(Failed.byUser(FailureReason.DOCKERFILE_INVALID, message, "Correct the pattern"));
      fail(response, Status.INVALID_ARGUMENT, new IOException(message, e));
    } catch (InterruptedException _) {
      // The session is closed: nobody waits for an answer.
      Thread.currentThread().interrupt();
    }
  }

  private static void fail(StreamObserver<Packet> response, Status status, Exception cause) {
    response.onError(
        status.withDescription(String.valueOf(cause.getMessage())).asRuntimeException());
  }

  private static FileWish wish(Metadata headers) {
    List<String> folder = values(headers, "dir-name");
    return new FileWish(
        folder.isEmpty() ? "" : folder.getFirst(),
        values(headers, "include-patterns"),
        values(headers, "exclude-patterns"),
        values(headers, "followpaths"));
  }

  /** Values that are not plain ASCII travel encoded, which a further header says. */
  private static List<String> values(Metadata headers, String name) {
    boolean isEncoded = !all(headers, name + "-encoded").isEmpty();
    List<String> values = all(headers, name);
    return isEncoded
        ? values.stream().map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8)).toList()
        : values;
  }

  private static List<String> all(Metadata headers, String name) {
    Iterable<String> values =
        headers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    List<String> all = new ArrayList<>();
    if (values != null) {
      values.forEach(all::add);
    }
    return all;
  }
}
