package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildId;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.DockerfileWishes;
import dev.imagebuilder.core.Engine.Context;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.LayerCache;
import dev.imagebuilder.proto.buildkit.control.SolveRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What an engine is asked for. Real ones show in other tests that they understand it. */
final class SolveRequestsTest {

  @Test
  void buildkitdPushesUnderTheTargetsNameOrByDigest() {
    SolveRequest tagged = export("reg/a:1", new Export.Pushed());
    SolveRequest untagged = export("reg.example/a", new Export.Pushed());

    assertThat(tagged.getExporters(0).getType()).isEqualTo("image");
    assertThat(tagged.getExporters(0).getAttrsMap())
        .containsEntry("push", "true")
        .containsEntry("name", "docker.io/reg/a:1")
        .doesNotContainKeys("push-by-digest", "store");
    assertThat(untagged.getExporters(0).getAttrsMap())
        .containsEntry("push-by-digest", "true")
        .containsEntry("name", "reg.example/a");
    assertThat(steps(new Export.Pushed())).doesNotContain("image-resolve-mode");
  }

  @Test
  void dockerEngineThatPushesKeepsNoImageAndReadsNoneOfItsOwn() {
    var export = new Export.PushedByDocker();

    assertThat(export("reg/a:1", export).getExporters(0).getAttrsMap())
        .containsEntry("push", "true")
        .containsEntry("store", "false");
    assertThat(export("reg/a:1", export).getCache().getExportsCount()).isEqualTo(1);
    assertThat(steps(export)).contains("image-resolve-mode");
  }

  @Test
  void dockerEngineThatCannotPushKeepsTheImageAndGetsNoCache() {
    var request = export("reg/a:1", new Export.KeptByDocker("ours:id"));

    assertThat(request.getExporterDeprecated()).isEqualTo("moby");
    assertThat(request.getExporterAttrsDeprecatedMap()).containsOnlyKeys("name");
    assertThat(request.getExporterAttrsDeprecatedMap()).containsEntry("name", "ours:id");
    assertThat(request.getCache().getExportsCount()).isZero();
    assertThat(steps(new Export.KeptByDocker("ours:id"))).doesNotContain("cache-imports");
  }

  private static SolveRequest export(String target, Export export) {
    return requests(target, export).export("ref");
  }

  private static String steps(Export export) {
    return requests("reg/a:1", export).steps().getFrontendOptMap().keySet().toString();
  }

  private static SolveRequests requests(String target, Export export) {
    var build =
        new DockerfileBuild(
            BuildId.random(),
            new Context.Folder(Path.of("/context")),
            Path.of("/context/Dockerfile"),
            ImageReference.parse(target),
            Force.IF_MISSING,
            BuildkitHouse.credentials(Credential.anonymous(), Credential.anonymous()),
            DockerfileWishes.NONE,
            new LayerCache.InRegistry(ImageReference.parse("reg.example/a:cache")));
    return new SolveRequests(build, "Dockerfile", new SolveRequests.Ways(StepNetwork.AUTO, export));
  }
}
