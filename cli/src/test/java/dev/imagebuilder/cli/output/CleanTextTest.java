package dev.imagebuilder.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CleanTextTest {

  @Test
  void lettersTabsAndLineEndsStay() {
    assertThat(CleanText.of("a\tb\nöß 漢 🙂\n")).isEqualTo("a\tb\nöß 漢 🙂\n");
  }

  @Test
  void escapeSequencesGo() {
    assertThat(CleanText.of("\u001b[1;31mred\u001b[0m \u001b]0;title\u0007x\u001b(By\u009b2Jz"))
        .isEqualTo("red xyz");
  }

  @Test
  void otherControlCharactersGo() {
    assertThat(CleanText.of("a\u0000b\u0007c\bd\u007fe\u0085f")).isEqualTo("abcdef");
  }

  @Test
  void charactersThatTurnTheReadingDirectionGo() {
    assertThat(CleanText.of("a\u202eb\u2066c\u2028d")).isEqualTo("abcd");
  }

  @Test
  void carriageReturnEndsALine() {
    assertThat(CleanText.of("10%\r20%\r\n30%\r\r\n")).isEqualTo("10%\n20%\n30%\n\n");
  }

  @Test
  void openSequenceHidesNoMoreThanItsLine() {
    assertThat(CleanText.of("\u001b]0;never closed\nseen\n\u001b[12;\nseen too"))
        .isEqualTo("\nseen\n\nseen too");
  }

  @Test
  void chunksMayCutACharacterOrASequence() {
    CleanText clean = new CleanText();
    byte[] text = "ä\u001b[31m漢\r\n".getBytes(UTF_8);
    StringBuilder all = new StringBuilder();

    for (byte b : text) {
      all.append(clean.next(new byte[] {b}));
    }
    all.append(clean.end());

    assertThat(all).hasToString("ä漢\n");
  }

  @Test
  void bytesThatAreNoUtf8AreReplaced() {
    CleanText clean = new CleanText();

    String text = clean.next(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xe6}) + clean.end();

    assertThat(text).isEqualTo("a\ufffdb\ufffd");
  }

  @Test
  void longChunksComeWhole() {
    String text = "x".repeat(100_000);

    assertThat(CleanText.of(text)).isEqualTo(text);
  }
}
