package dev.imagebuilder.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.imagebuilder.core.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The schema, in the eyes of a validator that is not ours. */
@Tag("row-124")
final class ConfigSchemaTest {
  private static final Path EXAMPLES = Path.of("../examples");
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7);

  private final Schema schema = REGISTRY.getSchema(ConfigSchema.json(), InputFormat.JSON);

  @Test
  void schemaIsOne() {
    Schema ofSchemas =
        REGISTRY.getSchema(SchemaLocation.of(SpecificationVersion.DRAFT_7.getDialectId()));

    assertThat(ofSchemas.validate(ConfigSchema.json(), InputFormat.JSON)).isEmpty();
  }

  @Test
  void exampleFitsAndIsRead() throws Exception {
    String example = Files.readString(EXAMPLES.resolve("config.json"));

    assertThat(faults(example)).isEmpty();
    assertThat(ConfigFile.parse(example, "example").warnings())
        .noneMatch(warning -> warning.startsWith("unknown key"));
  }

  @Test
  void fileWithEveryKeyFits() throws IOException {
    try (InputStream in = ConfigSchemaTest.class.getResourceAsStream("full.json")) {
      String full = new String(in.readAllBytes(), StandardCharsets.UTF_8);

      assertThat(faults(full.replace("PLATFORM", Platform.ofThisMachine().toString()))).isEmpty();
    }
  }

  @Test
  void wrongFilesDoNot() throws IOException {
    String example = Files.readString(EXAMPLES.resolve("config.json"));

    assertThat(faults("{}")).hasSize(2);
    assertThat(faults(example.replace("\"interval\"", "\"intervall\""))).hasSize(1);
    assertThat(faults(example.replace("\"0.0.0.0:8080\"", "8080"))).hasSize(1);
    assertThat(faults(example.replace("\"server\"", "\"client\""))).hasSize(2);
  }

  @Test
  void examplesOwnCopyIsTheGeneratedOne() throws IOException {
    Path copy = EXAMPLES.resolve("config-schema.json");
    if ("write".equals(System.getProperty("golden"))) {
      Files.writeString(copy, ConfigSchema.json() + "\n");
    }

    assertThat(Files.readString(copy)).isEqualTo(ConfigSchema.json() + "\n");
  }

  private List<String> faults(String json) {
    return schema.validate(json, InputFormat.JSON).stream().map(Error::toString).toList();
  }
}
