package dev.imagebuilder.buildkit.session;

import com.google.protobuf.ByteString;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.proto.buildkit.secrets.GetSecretRequest;
import dev.imagebuilder.proto.buildkit.secrets.GetSecretResponse;
import dev.imagebuilder.proto.buildkit.secrets.SecretsGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Map;

/** Hands out the secrets of a build's request; no others exist for the daemon. */
final class SecretsService extends SecretsGrpc.SecretsImplBase {
  private final Map<String, Secret> secrets;

  SecretsService(Map<String, Secret> secrets) {
    this.secrets = Map.copyOf(secrets);
  }

  @Override
  public void getSecret(GetSecretRequest request, StreamObserver<GetSecretResponse> response) {
    Secret secret = secrets.get(request.getID());
    if (secret == null) {
      // Any other code would fail steps that can do without.
      response.onError(
          Status.NOT_FOUND
              .withDescription("the build was given no secret \"" + request.getID() + "\"")
              .asRuntimeException());
      return;
    }
    response.onNext(
        GetSecretResponse.newBuilder().setData(ByteString.copyFrom(secret.revealBytes())).build());
    response.onCompleted();
  }
}
