package dev.imagebuilder.buildkit.session;

import com.google.protobuf.ByteString;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryFailures;
import dev.imagebuilder.core.RegistryTokens.Token;
import dev.imagebuilder.core.RegistryTokens.Wish;
import dev.imagebuilder.proto.buildkit.auth.AuthGrpc;
import dev.imagebuilder.proto.buildkit.auth.CredentialsRequest;
import dev.imagebuilder.proto.buildkit.auth.CredentialsResponse;
import dev.imagebuilder.proto.buildkit.auth.FetchTokenRequest;
import dev.imagebuilder.proto.buildkit.auth.FetchTokenResponse;
import dev.imagebuilder.proto.buildkit.auth.GetTokenAuthorityRequest;
import dev.imagebuilder.proto.buildkit.auth.GetTokenAuthorityResponse;
import dev.imagebuilder.proto.buildkit.auth.VerifyTokenAuthorityRequest;
import dev.imagebuilder.proto.buildkit.auth.VerifyTokenAuthorityResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** Answers what the daemon asks about registries: with tokens, where the registry has them. */
final class AuthService extends AuthGrpc.AuthImplBase {
  private final RegistryLogins logins;
  private final SessionFaults faults;
  private final TokenAuthority authority = TokenAuthority.random();

  AuthService(RegistryLogins logins, SessionFaults faults) {
    this.logins = logins;
    this.faults = faults;
  }

  @Override
  public void getTokenAuthority(
      GetTokenAuthorityRequest request, StreamObserver<GetTokenAuthorityResponse> response) {
    ByteString key = ByteString.copyFrom(authority.publicKey());
    response.onNext(GetTokenAuthorityResponse.newBuilder().setPublicKey(key).build());
    response.onCompleted();
  }

  @Override
  public void verifyTokenAuthority(
      VerifyTokenAuthorityRequest request, StreamObserver<VerifyTokenAuthorityResponse> response) {
    ByteString signed = ByteString.copyFrom(authority.sign(request.getPayload().toByteArray()));
    response.onNext(VerifyTokenAuthorityResponse.newBuilder().setSigned(signed).build());
    response.onCompleted();
  }

  @Override
  public void fetchToken(FetchTokenRequest request, StreamObserver<FetchTokenResponse> response) {
    var wish =
        new Wish(
            request.getHost(), request.getRealm(), request.getService(), request.getScopesList());
    try {
      Token token = logins.tokens().fetch(wish, logins.credentials());
      response.onNext(
          FetchTokenResponse.newBuilder()
              .setToken(token.text().reveal())
              .setIssuedAt(token.issued().getEpochSecond())
              // The daemon takes 0 for not said.
              .setExpiresIn(Math.max(1, token.lifetime().toSeconds()))
              .build());
      response.onCompleted();
    } catch (RegistryException e) {
      fail(response, RegistryFailures.of(e, use(wish)));
    } catch (CredentialException e) {
      fail(response, RegistryFailures.of(e));
    } catch (InterruptedException _) {
      // The session is closed: nobody waits for an answer.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void credentials(
      CredentialsRequest request, StreamObserver<CredentialsResponse> response) {
    try {
      response.onNext(
          switch (logins.password(request.getHost())) {
            case Credential.Anonymous _ -> CredentialsResponse.getDefaultInstance();
            case Credential.Password(var user, var secret) ->
                CredentialsResponse.newBuilder()
                    .setUsername(user)
                    .setSecret(secret.reveal())
                    .build();
            case Credential.IdentityToken(var token) ->
                CredentialsResponse.newBuilder().setSecret(token.reveal()).build();
          });
      response.onCompleted();
    } catch (CredentialException e) {
      fail(response, RegistryFailures.of(e));
    } catch (IllegalArgumentException e) {
      response.onError(
          Status.INVALID_ARGUMENT
              .withDescription("no registry: " + e.getMessage())
              .asRuntimeException());
    }
  }

  private static RegistryFailures.Use use(Wish wish) {
    boolean isPush = wish.scopes().stream().anyMatch(scope -> scope.contains("push"));
    return isPush ? RegistryFailures.Use.PUSH : RegistryFailures.Use.PULL;
  }

  private void fail(StreamObserver<?> response, Failed fault) {
    faults.add(fault);
    response.onError(Status.UNKNOWN.withDescription(fault.message()).asRuntimeException());
  }
}
