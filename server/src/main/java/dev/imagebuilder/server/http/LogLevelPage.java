package dev.imagebuilder.server.http;

import dev.imagebuilder.logging.LogLevel;
import dev.imagebuilder.logging.LogSetup;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /debug/logging}, with mk3's methods and statuses (SPEC 9.3). */
final class LogLevelPage implements Page {
  private static final Logger log = LoggerFactory.getLogger(LogLevelPage.class);

  private final LogSetup setup;

  LogLevelPage(LogSetup setup) {
    this.setup = setup;
  }

  @Override
  public Reply answer(Request request) {
    return switch (request.method()) {
      case "GET", "HEAD" -> shown(setup.level());
      case "POST", "PUT" -> set(request.body());
      default -> Reply.text(400, request.method() + " unsupported\n");
    };
  }

  private Reply set(String body) {
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(body);
    } catch (JacksonException _) {
      return badBody();
    }
    if (!json.isObject() || !json.path("level").isString()) {
      return badBody();
    }
    Optional<LogLevel> level = LogLevel.parse(json.get("level").asString());
    if (level.isEmpty()) {
      return Reply.text(400, "unknown level; trace, debug, info, warning or error\n");
    }
    setup.setLevel(level.get());
    log.atInfo().addKeyValue("to", level.get()).log("log level changed");
    return shown(level.get());
  }

  private static Reply badBody() {
    return Reply.text(412, "expected {\"level\":\"debug\"}\n");
  }

  private static Reply shown(LogLevel level) {
    return Reply.json(200, "{\"level\":\"" + level + "\"}\n");
  }
}
