package dev.imagebuilder.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PushTagsTest {

  @Test
  void pushesAtOnceHaveTagsOfTheirOwnAndLaterOnesUseThemAgain() {
    var tags = new PushTags("owner");
    PushTags.Taken first = tags.take();
    PushTags.Taken second = tags.take();

    assertThat(first.tag()).isEqualTo("dir-owner-0");
    assertThat(second.tag()).isEqualTo("dir-owner-1");

    first.close();

    assertThat(tags.take().tag()).isEqualTo("dir-owner-0");
    assertThat(tags.take().tag()).isEqualTo("dir-owner-2");
  }
}
