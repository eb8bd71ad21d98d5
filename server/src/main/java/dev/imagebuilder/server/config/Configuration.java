package dev.imagebuilder.server.config;

import java.util.Map;

/**
 * The whole configuration file: mk3's (SPEC 9.2) and what this program adds.
 *
 * @param registries by host, with its port if it has one
 * @param dataDir empty for the user's data folder
 */
public record Configuration(
    @Described(value = "What is built, where and how.", presence = Described.Presence.REQUIRED)
        OrchestratorConfig orchestrator,
    @Described("Base images that are looked up ahead of time.") RefCacheConfig refCache,
    @Described(
            value = "Where the service listens, and how it stops.",
            presence = Described.Presence.REQUIRED)
        ServerConfig server,
    @Described("How single registries are reached, by host: `\"registry.example:5000\": {…}`.")
        Map<String, RegistryConfig> registries,
    @Described(
            "Folder for logs, history and checkouts. Empty: `image-builder` in `$XDG_DATA_HOME`,"
                + " else in `~/.local/share`.")
        String dataDir,
    @Described("How long ended builds and their logs are kept.") HistoryConfig history) {

  public Configuration {
    registries = Map.copyOf(registries);
  }

  /** What holds for a file without any key; not valid by itself. */
  public static Configuration defaults() {
    return new Configuration(
        OrchestratorConfig.defaults(),
        RefCacheConfig.defaults(),
        ServerConfig.defaults(),
        Map.of(),
        "",
        HistoryConfig.defaults());
  }
}
