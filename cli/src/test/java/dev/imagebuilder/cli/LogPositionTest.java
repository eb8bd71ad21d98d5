package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.imagebuilder.proto.v1.LogChunk;
import org.junit.jupiter.api.Test;

final class LogPositionTest {
  private final LogPosition position = new LogPosition();

  private String fresh(long offset, String text) {
    return position
        .fresh(
            LogChunk.newBuilder()
                .setOffset(offset)
                .setContent(ByteString.copyFromUtf8(text))
                .build())
        .toStringUtf8();
  }

  @Test
  void nothingIsShownTwiceAfterTheConnectionBroke() {
    position.begin("1");
    assertThat(fresh(0, "abc")).isEqualTo("abc");
    assertThat(fresh(3, "def")).isEqualTo("def");

    position.begin("1");

    assertThat(fresh(0, "ab")).isEmpty();
    assertThat(fresh(2, "cdefg")).isEqualTo("g");
    assertThat(fresh(7, "h")).isEqualTo("h");
  }

  @Test
  void anotherBuildsOutputIsAllNew() {
    position.begin("1");
    fresh(0, "abc");

    position.begin("2");

    assertThat(fresh(0, "xy")).isEqualTo("xy");
  }

  @Test
  void buildThatGoesOnAsAnotherBeginsAgain() {
    position.begin("1");
    fresh(0, "abc");

    assertThat(fresh(0, "xy")).isEqualTo("xy");
    assertThat(fresh(2, "z")).isEqualTo("z");
  }
}
