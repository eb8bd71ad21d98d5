package dev.imagebuilder.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ScopeTest {

  @Test
  void pushIncludesPull() {
    assertThat(Scope.push("library/alpine")).hasToString("repository:library/alpine:pull,push");
    assertThat(Scope.pull("a/b")).hasToString("repository:a/b:pull");
  }

  @Test
  void challengesNameScopesBetweenSpaces() {
    assertThat(Scope.parse("repository:a:pull,push  repository:b:pull registry:catalog:*"))
        .extracting(Scope::toString)
        .containsExactly("repository:a:pull,push", "repository:b:pull", "registry:catalog:*");
    assertThat(Scope.parse("")).isEmpty();
  }

  @Test
  void aRepositoryMayHaveAPortInItsName() {
    Scope scope = Scope.parse("repository:reg.io:5000/a:pull").getFirst();

    assertThat(scope.resource()).isEqualTo("repository:reg.io:5000/a");
    assertThat(scope.actions()).containsExactly("pull");
  }

  @Test
  void anotherShapeIsKeptAsItIs() {
    assertThat(Scope.parse("openid a:b"))
        .extracting(Scope::toString)
        .containsExactly("openid", "a:b");
  }

  @Test
  void mergedListsHaveEachResourceOnceInOneOrder() {
    List<Scope> some = List.of(Scope.push("target"), Scope.pull("source"));
    List<Scope> others = Scope.parse("repository:target:delete repository:another:pull");

    assertThat(Scope.merged(some, others))
        .isEqualTo(Scope.merged(others, some))
        .extracting(Scope::toString)
        .containsExactly(
            "repository:another:pull",
            "repository:source:pull",
            "repository:target:delete,pull,push");
  }
}
