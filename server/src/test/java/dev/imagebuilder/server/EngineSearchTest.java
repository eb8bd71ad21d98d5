package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.BuildListener;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.Engine;
import dev.imagebuilder.server.config.LocalConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which engine is taken of those that are there. */
final class EngineSearchTest {
  private static final List<String> ORDER =
      List.of("configured", "listening", "own", "safe docker", "buildah", "old docker");

  @Test
  void autoTakesTheFirstInOrderAndLooksNoFurther() throws Exception {
    for (int i = 0; i < ORDER.size(); i++) {
      var search = new FakeSearch(Set.copyOf(ORDER.subList(i, ORDER.size())));

      assertThat(search.chosen(LocalConfig.Engine.AUTO)).contains(ORDER.get(i));

      assertThat(search.looked).containsExactlyElementsOf(ORDER.subList(0, i + 1));
    }
  }

  @Test
  void autoFindsNothingWhereNothingIs() throws Exception {
    var search = new FakeSearch(Set.of());

    assertThat(search.chosen(LocalConfig.Engine.AUTO)).isEmpty();

    assertThat(search.looked).containsExactlyElementsOf(ORDER);
  }

  @Test
  void dockerByNameIsTakenHoweverOldItIs() throws Exception {
    var search = new FakeSearch(Set.copyOf(ORDER));
    var old = new FakeSearch(Set.of("configured", "buildah", "old docker"));

    assertThat(search.chosen(LocalConfig.Engine.DOCKER)).contains("old docker");
    assertThat(old.chosen(LocalConfig.Engine.DOCKER)).contains("old docker");
    assertThat(old.looked).containsExactly("old docker");
  }

  @Test
  void engineByNameIsReplacedByNoOther() throws Exception {
    var others = new FakeSearch(Set.of("safe docker", "old docker", "buildah"));
    var withoutBuildah = new FakeSearch(Set.of("configured", "own", "safe docker"));

    assertThat(others.chosen(LocalConfig.Engine.BUILDKIT)).isEmpty();
    assertThat(others.looked).containsExactly("configured", "listening", "own");
    assertThat(withoutBuildah.chosen(LocalConfig.Engine.BUILDAH)).isEmpty();
    assertThat(withoutBuildah.looked).containsExactly("buildah");
  }

  @Test
  void configuredDaemonThatCannotBeUsedIsNotReplaced() {
    EngineSearch search =
        new FakeSearch(Set.of("listening", "safe docker")) {
          @Override
          public Optional<Engine> configured() throws StartException {
            throw new StartException("it does not answer", null);
          }
        };

    assertThatThrownBy(() -> search.first(LocalConfig.Engine.AUTO))
        .isInstanceOf(StartException.class);
  }

  /** A machine on which these are. */
  private static class FakeSearch implements EngineSearch {
    final List<String> looked = new ArrayList<>();
    private final Set<String> there;

    FakeSearch(Set<String> there) {
      this.there = there;
    }

    Optional<String> chosen(LocalConfig.Engine wanted) throws Exception {
      return first(wanted).map(Engine::describe);
    }

    @Override
    public Optional<Engine> configured() throws StartException {
      return look("configured");
    }

    @Override
    public Optional<Engine> listening() {
      return look("listening");
    }

    @Override
    public Optional<Engine> own() {
      return look("own");
    }

    @Override
    public Optional<Engine> docker(Docker wanted) {
      return look(
          switch (wanted) {
            case SAFE -> "safe docker";
            case ANY -> "old docker";
          });
    }

    @Override
    public Optional<Engine> buildah() {
      return look("buildah");
    }

    private Optional<Engine> look(String name) {
      looked.add(name);
      return there.contains(name) ? Optional.of(new Named(name)) : Optional.empty();
    }
  }

  /** An engine that is only looked at. */
  private record Named(String describe) implements Engine {
    @Override
    public Digest build(DockerfileBuild build, BuildListener listener) {
      throw new AssertionError("nothing is built here");
    }
  }
}
