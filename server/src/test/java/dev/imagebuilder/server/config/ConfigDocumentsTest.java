package dev.imagebuilder.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ConfigDocumentsTest {
  private static final Path PAGE = Path.of("../docs/configuration.md");

  @Test
  void referencePageIsTheGeneratedOne() throws IOException {
    if ("write".equals(System.getProperty("golden"))) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, ConfigReference.markdown());
    }

    assertThat(Files.readString(PAGE)).isEqualTo(ConfigReference.markdown());
  }

  @Test
  void schemaDescribesEveryKeyAndRequiresWhatIsRequired() {
    JsonNode schema = JsonMapper.shared().readTree(ConfigSchema.json());

    assertThat(schema.get("$schema").asString()).contains("draft-07");
    assertThat(schema.at("/required").toString()).isEqualTo("[\"orchestrator\",\"server\"]");
    JsonNode orchestrator = schema.at("/properties/orchestrator");
    assertThat(orchestrator.get("required").toString())
        .isEqualTo("[\"baseImageRepository\",\"workspaceImageRepository\"]");
    assertThat(orchestrator.at("/properties/backend/enum").toString())
        .isEqualTo("[\"local\",\"ws-manager\"]");
    assertThat(orchestrator.at("/properties/buildTimeout/default").asString()).isEqualTo("1h");
    assertThat(orchestrator.at("/properties/wsman/required").toString()).isEqualTo("[\"address\"]");
    assertThat(schema.at("/properties/registries/additionalProperties/properties/ca").isObject())
        .isTrue();
    assertThat(schema.at("/properties/$schema/type").asString()).isEqualTo("string");
    assertThat(
            schema.at("/properties/server/properties/services/properties/grpc/required").toString())
        .isEqualTo("[\"address\"]");
  }

  @Test
  void everyGroupOfTheSchemaIsClosedAndEveryPropertyDescribed() {
    check("", JsonMapper.shared().readTree(ConfigSchema.json()));
  }

  private static void check(String path, JsonNode group) {
    assertThat(group.get("type").asString()).as(path).isEqualTo("object");
    assertThat(group.has("additionalProperties")).as(path).isTrue();
    for (var property : group.path("properties").properties()) {
      String inside = path + "/" + property.getKey();
      JsonNode value = property.getValue();
      if (!property.getKey().equals("$schema")) {
        assertThat(value.path("description").asString()).as(inside).endsWith(".");
      }
      if (value.path("type").asString("").equals("object")) {
        check(inside, value);
      }
    }
  }
}
