package dev.imagebuilder.registry;

import dev.imagebuilder.core.Credential;
import java.util.ArrayList;
import java.util.List;

/** Opens sessions; costs nothing but the look at an unknown loopback host. */
final class Sessions {
  private final Endpoints endpoints;
  private final Session.Tools tools;

  Sessions(Endpoints endpoints, Session.Tools tools) {
    this.endpoints = endpoints;
    this.tools = tools;
  }

  /** Mirrors, which are told nothing of who asks, and the registry itself as the last. */
  List<Session> forReading(String domain, Credential credential, Patience patience)
      throws InterruptedException {
    List<Session> all = new ArrayList<>();
    for (Endpoint mirror : endpoints.mirrors(domain)) {
      all.add(new Session(mirror, Credential.anonymous(), patience, tools));
    }
    all.add(forWriting(domain, credential, patience));
    return all;
  }

  /** The registry itself. */
  Session forWriting(String domain, Credential credential, Patience patience)
      throws InterruptedException {
    return new Session(endpoints.of(domain), credential, patience, tools);
  }
}
