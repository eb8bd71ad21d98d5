package dev.imagebuilder.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class JsonLineTest {

  @Test
  void aParserReadsWhatWasWritten() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("text", "a \"quoted\" \\ line\nand\ttab \u0001 \u007f ö 漢");
    members.put("number", 12);
    members.put("flag", true);

    String line = JsonLine.of(members);

    assertThat(line).doesNotContain("\n");
    Object read = JsonMapper.shared().readValue(line, Object.class);
    assertThat(read).isEqualTo(members);
  }
}
