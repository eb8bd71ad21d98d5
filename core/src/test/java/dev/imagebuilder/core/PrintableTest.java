package dev.imagebuilder.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PrintableTest {

  @Test
  void whatATerminalObeysIsTakenOut() {
    assertThat(Printable.of("a\u001b[2Jb\r\nc\u0007d\u009be\u202ef\u2028g", 100))
        .isEqualTo("a [2Jb  c d e f g");
  }

  @Test
  void wordsOfAllLanguagesStay() {
    assertThat(Printable.of("Zugriff verweigert: größer 拒否 🚫", 100))
        .isEqualTo("Zugriff verweigert: größer 拒否 🚫");
  }

  @Test
  void aLongTextIsCutBetweenCharacters() {
    assertThat(Printable.of("🚫🚫🚫", 2)).isEqualTo("🚫🚫…");
    assertThat(Printable.of("  abc  ", 3)).isEqualTo("abc");
  }

  @Test
  void aSecretIsHiddenBeforeTheTextIsCut() {
    assertThat(Printable.of("token abcdefgh", 9, List.of("abcdefgh"))).isEqualTo("token ***");
  }
}
