package dev.imagebuilder.ecr;

import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Durations;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Gives up on an issuer that takes too long: neither AWS nor its credential chain has a limit. */
final class LimitedIssuer implements Issuer {
  private final Issuer issuer;
  private final Duration limit;

  LimitedIssuer(Issuer issuer, Duration limit) {
    this.issuer = issuer;
    this.limit = limit;
  }

  @Override
  public EcrToken issue(Scope scope) throws CredentialException, InterruptedException {
    // Not closed by waiting: parts of the chain do not notice an interruption.
    ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
    try {
      Future<EcrToken> token = thread.submit(() -> issuer.issue(scope));
      return token.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      throw new CredentialException(
          "no token within " + Durations.words(limit) + "; " + AwsFaults.REACH_ADVICE);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CredentialException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      thread.shutdownNow();
    }
  }
}
