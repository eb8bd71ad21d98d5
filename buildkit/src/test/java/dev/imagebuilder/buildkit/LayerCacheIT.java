package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildStep.State;
import dev.imagebuilder.core.Engine.DockerfileBuild;
import dev.imagebuilder.core.LayerCache;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Layers that another machine has made. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LayerCacheIT {
  private static final String EARLY = "RUN echo early > /early";
  private static final String LATE = "RUN echo late > /late";
  private static final String STAGES =
      "FROM BASE AS first\n%s\nFROM BASE\nCOPY --from=first /early /\n%s\n".formatted(EARLY, LATE);

  private BuildkitHouse house;

  @BeforeAll
  void open() throws Exception {
    house = BuildkitHouse.open();
  }

  @AfterAll
  void close() throws Exception {
    if (house != null) {
      house.close();
    }
  }

  @Test
  void cacheInTheRegistryHasTheLayersOfAllStages() throws Exception {
    var build = with(new LayerCache.InRegistry(house.reference("out:cache-registry")));
    house.built(build);

    Recorder elsewhere = builtElsewhere(build);

    assertThat(elsewhere.states(EARLY)).containsExactly(new State.Cached());
    assertThat(elsewhere.states(LATE)).containsExactly(new State.Cached());
  }

  @Test
  void cacheInTheImageHasItsLayers() throws Exception {
    var build = with(new LayerCache.Inline(house.reference("out:cache-inline")));
    house.built(build);

    assertThat(builtElsewhere(build).states(LATE)).containsExactly(new State.Cached());
  }

  @Test
  void withoutACacheEveryMachineBuildsAnew() throws Exception {
    var build = with(new LayerCache.Off());
    house.built(build);

    assertThat(builtElsewhere(build).states(LATE)).doesNotContain(new State.Cached());
  }

  private Recorder builtElsewhere(DockerfileBuild build) throws Exception {
    var recorder = new Recorder();
    try (BuildkitEngine other = house.another()) {
      var _ = other.build(build, recorder);
    }
    return recorder;
  }

  private DockerfileBuild with(LayerCache cache) throws Exception {
    return BuildkitHouse.with(house.dockerfile(STAGES), cache);
  }
}
