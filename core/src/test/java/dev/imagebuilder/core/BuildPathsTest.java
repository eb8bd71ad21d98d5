package dev.imagebuilder.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SPEC 4.6. */
final class BuildPathsTest {

  @Test
  @Tag("row-56")
  void pathsAreMappedAsInTheTable() {
    assertMapped("Dockerfile", ".", "/workspace/Dockerfile", "/workspace");
    assertMapped("docker/Dockerfile", "", "/workspace/docker/Dockerfile", "/workspace/docker");
    assertMapped(
        "docker/Dockerfile", "docker", "/workspace/docker/Dockerfile", "/workspace/docker");
    assertMapped("Dockerfile", "/workspace/sub", "/workspace/Dockerfile", "/workspace/sub");
    assertMapped("a/../b//Dockerfile", "./c/", "/workspace/b/Dockerfile", "/workspace/c");
    assertMapped("", "", "/workspace", "/workspace");
    assertMapped(
        "/workspace/Dockerfile", "", "/workspace/workspace/Dockerfile", "/workspace/workspace");
    assertMapped("Dockerfile", "/workspaceX", "/workspace/Dockerfile", "/workspace/X");
    assertMapped("Dockerfile", "workspace", "/workspace/Dockerfile", "/workspace/workspace");
  }

  @Test
  @Tag("row-56")
  void whatLeavesTheCheckoutIsRefused() {
    assertRefused("Dockerfile", "../../etc", "context_path leaves the checkout");
    assertRefused("../etc/passwd", "", "dockerfile_path leaves the checkout");
    assertRefused("../workspaceX/Dockerfile", ".", "dockerfile_path leaves the checkout");
    assertRefused("a/../../../etc/passwd", ".", "dockerfile_path leaves the checkout");
  }

  @Test
  void whatIsNoPathIsRefused() {
    assertRefused("Dockerfile\0.txt", ".", "has a NUL");
    assertRefused("Dockerfile", "a".repeat(5000), "too long");
  }

  @Test
  void pathsInTheCheckoutAreRelative() {
    BuildPaths paths = BuildPaths.map("docker/Dockerfile", ".");

    assertThat(paths.dockerfileInCheckout()).isEqualTo("docker/Dockerfile");
    assertThat(paths.contextInCheckout()).isEmpty();
  }

  private static void assertMapped(
      String dockerfile, String context, String mappedFile, String mappedContext) {
    assertThat(BuildPaths.map(dockerfile, context))
        .as(dockerfile + " | " + context)
        .isEqualTo(new BuildPaths(mappedFile, mappedContext));
  }

  private static void assertRefused(String dockerfile, String context, String reason) {
    assertThatIllegalArgumentException()
        .as(dockerfile + " | " + context)
        .isThrownBy(() -> BuildPaths.map(dockerfile, context))
        .withMessageContaining(reason);
  }
}
