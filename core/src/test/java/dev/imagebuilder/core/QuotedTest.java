package dev.imagebuilder.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedTest {

  @Test
  void quotesAsGoDoes() {
    assertThat(Quoted.of("plain")).isEqualTo("\"plain\"");
    assertThat(Quoted.of("a \"b\" \\ c")).isEqualTo("\"a \\\"b\\\" \\\\ c\"");
    assertThat(Quoted.of("\u0007\b\f\n\r\t\u000b")).isEqualTo("\"\\a\\b\\f\\n\\r\\t\\v\"");
    assertThat(Quoted.of("\u0001\u001b\u007f")).isEqualTo("\"\\x01\\x1b\\x7f\"");
    assertThat(Quoted.of("ü …\u00a0\u200b")).isEqualTo("\"ü …\\u00a0\\u200b\"");
    assertThat(Quoted.of("\ud83d\ude00\udb40\udc01")).isEqualTo("\"\ud83d\ude00\\U000e0001\"");
  }
}
