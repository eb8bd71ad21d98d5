package dev.imagebuilder.buildkit.daemon;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The environment of a daemon of ours: what it needs, and nothing else of this process's. */
final class DaemonEnvironment {
  private static final List<String> PASSED_ON =
      List.of(
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR");

  private DaemonEnvironment() {}

  static Map<String, String> of(Map<String, String> ours, Path home, Path tmp) {
    Map<String, String> environment = new HashMap<>();
    for (String name : PASSED_ON) {
      String value = ours.get(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    // The network's plugins call programs that are not on every user's PATH.
    environment.put("PATH", ours.getOrDefault("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin");
    environment.put("LANG", "C.UTF-8");
    environment.put("HOME", home.toString());
    environment.put("TMPDIR", tmp.toString());
    environment.put("XDG_RUNTIME_DIR", home.toString());
    // It would clip logs at 2 MiB a step and 200 KiB a second; limits of logs are ours.
    environment.put("BUILDKIT_STEP_LOG_MAX_SIZE", "-1");
    environment.put("BUILDKIT_STEP_LOG_MAX_SPEED", "-1");
    return environment;
  }
}
