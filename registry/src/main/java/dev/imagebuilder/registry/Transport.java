package dev.imagebuilder.registry;

import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.registry.Wire.Outgoing;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sends calls and follows redirects, by our rules about what may go where. */
final class Transport {
  private static final int MOST_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> REDIRECTS_OF_WRITES = Set.of(307, 308);

  private final Wire wire;

  Transport(Wire wire) {
    this.wire = wire;
  }

  /**
   * Sends a call and returns whatever is answered in the end.
   *
   * @param authorization only sent to the endpoint's own origin; null for none
   */
  Answer send(Endpoint endpoint, Call call, @Nullable Secret authorization, Patience patience)
      throws RegistryException, InterruptedException {
    Origin home = endpoint.origin();
    URI at = call.uri();
    boolean isHome = Origin.of(at).equals(home);
    Lanes.Place place = enter(endpoint, call);
    boolean isAnswered = false;
    try {
      for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
        @Nullable Secret shown = isHome ? authorization : null;
        var response = exchange(endpoint, call, at, shown, patience);
        Answer.From from = isHome ? Answer.From.REGISTRY : Answer.From.ELSEWHERE;
        Answer answer = new Answer(response, shown, from, place);
        Optional<String> location = answer.header("Location");
        if (!follows(call, answer) || location.isEmpty()) {
          isAnswered = true;
          return answer;
        }
        URI next = next(call, at, answer.status(), location.get());
        Answer.drop(response);
        // Once away, always away: who redirects back must not get what was withheld.
        isHome = isHome && Origin.of(next).equals(home);
        at = next;
      }
      throw Faults.invalid(call, at, null, "redirects more than " + MOST_REDIRECTS + " times");
    } finally {
      if (!isAnswered) {
        place.close();
      }
    }
  }

  /** A token service is not followed: the request may carry a password. */
  private static boolean follows(Call call, Answer answer) {
    return REDIRECTS.contains(answer.status()) && call.purpose().subject() != Purpose.Subject.TOKEN;
  }

  private static Lanes.Place enter(Endpoint endpoint, Call call)
      throws RegistryException, InterruptedException {
    try {
      return endpoint.lanes().enter(call.lane());
    } catch (IOException e) {
      throw Faults.transport(call.purpose(), call.method(), call.uri(), e);
    }
  }

  private HttpResponse<InputStream> exchange(
      Endpoint endpoint, Call call, URI at, @Nullable Secret authorization, Patience patience)
      throws RegistryException, InterruptedException {
    Map<String, String> headers = new HashMap<>(call.headers());
    headers.put("User-Agent", "image-builder");
    if (authorization != null) {
      headers.put("Authorization", authorization.reveal());
    }
    var request = new Outgoing(call.method(), at, headers, call.content());
    try {
      return wire.exchange(endpoint.client(), request, patience);
    } catch (Content.Broken e) {
      throw e.fault();
    } catch (IOException e) {
      throw Faults.transport(call.purpose(), call.method(), at, e);
    }
  }

  private static URI next(Call call, URI at, int status, String location) throws RegistryException {
    if (!call.isRead() && !REDIRECTS_OF_WRITES.contains(status)) {
      throw Faults.invalid(call, at, status, "redirects a " + call.method() + " by " + status);
    }
    URI next;
    try {
      next = at.resolve(location);
    } catch (IllegalArgumentException _) {
      throw Faults.invalid(call, at, status, "redirects to what is no URL");
    }
    if (!Origin.isWeb(next)) {
      throw Faults.invalid(call, at, status, "redirects to what is no web address");
    }
    // Blobs are checked against their digest; nothing else may lose its encryption on the way.
    boolean isBlob = call.isRead() && call.purpose().subject() == Purpose.Subject.BLOB;
    if (Origin.of(at).isHttps() && !Origin.of(next).isHttps() && !isBlob) {
      throw Faults.invalid(call, at, status, "redirects from https to http");
    }
    return next;
  }
}
