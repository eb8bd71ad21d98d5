package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.testing.DebianRegistry.Feature;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Builds with a real Docker Engine, which pushes to a real registry that wants a password. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DockerEngineIT {
  private DockerHouse house;

  @BeforeAll
  void open() throws Exception {
    house = DockerHouse.open(Feature.PASSWORD);
  }

  @AfterAll
  void close() throws Exception {
    if (house != null) {
      house.close();
    }
  }

  @Test
  void buildsPushesAndTellsHowItGoes() throws Exception {
    System.err.println(house.engine.describe());
    for (String df :
        new String[] {
          "FROM BASE\nCOPY hello /\nRUN cat /hello; echo done >&2\n",
          "FROM BASE\n\nRUN echo on && exit 3\n",
          "FROM BASE\nRUNN x\n",
          "FROM BASE\nCOPY missing /\n",
          "FROM localhost:1/none:1\n",
          "FROM BASE\nRUN nosuchprogram\n",
          "FROM BASE\nRUN [\"/nosuch\"]\n",
          "FROM " + house.reference("none:1") + "\n",
          "",
          "FROM BASE\nRUN --network=host true\n",
          "FROM BASE\nRUN --mount=type=secret,id=x,required=true true\n"
        }) {
      var r = new Recorder();
      try {
        System.err.println("OUT " + house.engine.build(house.dockerfile(df), r));
      } catch (Exception e) {
        System.err.println("FAIL " + df + " => " + e + " CAUSE " + e.getCause());
      }
      System.err.println(r.text() + r.events());
    }
    System.err.println(house.daemon.log().lines().filter(l -> !l.contains("level=info")).toList());
    assertThat(house).isNotNull();
  }
}
