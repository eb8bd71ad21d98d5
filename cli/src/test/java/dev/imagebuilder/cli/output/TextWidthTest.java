package dev.imagebuilder.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TextWidthTest {

  @Test
  void wideCharactersTakeTwoColumnsAndMarksNone() {
    assertThat(TextWidth.of("abc")).isEqualTo(3);
    assertThat(TextWidth.of("漢字")).isEqualTo(4);
    assertThat(TextWidth.of("🎉")).isEqualTo(2);
    assertThat(TextWidth.of("e\u0301")).isEqualTo(1);
  }

  @Test
  void textThatFitsStaysWhole() {
    assertThat(TextWidth.cut("12345", 5)).isEqualTo("12345");
    assertThat(TextWidth.cut("漢字", 4)).isEqualTo("漢字");
  }

  @Test
  void cutTextNeverTakesMoreColumnsThanThereAre() {
    assertThat(TextWidth.cut("123456", 5)).isEqualTo("1234…");
    assertThat(TextWidth.cut("漢字漢字", 5)).isEqualTo("漢字…");
    assertThat(TextWidth.cut("漢字漢字", 4)).isEqualTo("漢…");
    assertThat(TextWidth.cut("abc", 1)).isEqualTo("…");
    assertThat(TextWidth.cut("abc", 0)).isEmpty();
  }
}
