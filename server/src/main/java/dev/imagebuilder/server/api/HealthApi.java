package dev.imagebuilder.server.api;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.util.function.BooleanSupplier;

/** {@code grpc.health.v1.Health}: one answer for every name; no {@code Watch} (SPEC 9.5). */
public final class HealthApi extends HealthGrpc.HealthImplBase {
  private final BooleanSupplier isServing;

  /** Asks the supplier at each check. */
  public HealthApi(BooleanSupplier isServing) {
    this.isServing = isServing;
  }

  @Override
  public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> responses) {
    ServingStatus status =
        isServing.getAsBoolean() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    responses.onNext(HealthCheckResponse.newBuilder().setStatus(status).build());
    responses.onCompleted();
  }
}
