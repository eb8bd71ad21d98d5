package dev.imagebuilder.registry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a token is asked for: actions on a resource, {@code repository:library/alpine:pull}.
 *
 * @param resource type and name: {@code repository:library/alpine}
 * @see "distribution/docs/spec/auth/scope.md"
 */
record Scope(String resource, SortedSet<String> actions) {
  Scope {
    actions = Collections.unmodifiableSortedSet(new TreeSet<>(actions));
  }

  static Scope pull(String path) {
    return of(path, List.of("pull"));
  }

  static Scope push(String path) {
    return of(path, List.of("pull", "push"));
  }

  /** Reads what a challenge says; a text of another shape is a resource without actions. */
  static List<Scope> parse(String spaceSeparated) {
    List<Scope> scopes = new ArrayList<>();
    for (String text : spaceSeparated.strip().split("\\s+", -1)) {
      int colon = text.lastIndexOf(':');
      if (colon > text.indexOf(':')) {
        List<String> actions = List.of(text.substring(colon + 1).split(",", -1));
        scopes.add(new Scope(text.substring(0, colon), new TreeSet<>(actions)));
      } else if (!text.isEmpty()) {
        scopes.add(new Scope(text, new TreeSet<>()));
      }
    }
    return scopes;
  }

  /** Both lists as one, sorted, each resource once with the actions of both. */
  static List<Scope> merged(List<Scope> some, List<Scope> others) {
    Map<String, SortedSet<String>> byResource = new TreeMap<>();
    for (List<Scope> scopes : List.of(some, others)) {
      for (Scope scope : scopes) {
        byResource.computeIfAbsent(scope.resource, _ -> new TreeSet<>()).addAll(scope.actions);
      }
    }
    return byResource.entrySet().stream()
        .map(entry -> new Scope(entry.getKey(), entry.getValue()))
        .toList();
  }

  @Override
  public String toString() {
    return actions.isEmpty() ? resource : resource + ":" + String.join(",", actions);
  }

  private static Scope of(String path, List<String> actions) {
    return new Scope("repository:" + path, new TreeSet<>(actions));
  }
}
