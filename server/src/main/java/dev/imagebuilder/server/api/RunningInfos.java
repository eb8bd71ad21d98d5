package dev.imagebuilder.server.api;

import dev.imagebuilder.proto.builder.BuildInfo;
import dev.imagebuilder.service.Build;
import dev.imagebuilder.service.Build.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The messages about the builds that run, each made once per change of its build: dashboards list a
 * thousand builds again and again, of which few have changed. Safe for any thread.
 */
final class RunningInfos {
  private volatile Map<Long, BuildInfo> last = Map.of();

  /** The messages of these builds, in their order. */
  List<BuildInfo> of(List<Build> builds) {
    Map<Long, BuildInfo> known = last;
    Map<Long, BuildInfo> now = HashMap.newHashMap(builds.size());
    List<BuildInfo> infos = new ArrayList<>(builds.size());
    boolean isNews = known.size() != builds.size();
    for (Build build : builds) {
      Snapshot snapshot = build.snapshot();
      // Versions are unique over all builds.
      BuildInfo info = known.get(snapshot.version());
      if (info == null) {
        info = ImageBuilderMapping.info(snapshot);
        isNews = true;
      }
      now.put(snapshot.version(), info);
      infos.add(info);
    }
    if (isNews) {
      last = now;
    }
    return infos;
  }
}
