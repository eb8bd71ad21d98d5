package dev.imagebuilder.server.http;

import dev.imagebuilder.logging.LogSetup;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What helps to see into a running service; takes pprof's place (SPEC 9.3). The level of the log is
 * for everybody who reaches the port, as in mk3. The others stop all threads for a moment, and a
 * recording may hold what passed by, so they are for callers on this machine.
 */
public final class DebugPages {
  private static final String INDEX =
      """
      /debug/logging          GET: the level of the log; PUT or POST {"level":"debug"}: set it
      /debug/threads          all threads and where they are
      /debug/heap             objects on the heap, by class
      /debug/jfr?seconds=30   a flight recording of so many seconds, 60 at most; opens in JDK Mission Control

      All but the first answer only callers on this machine, also those that
      kubectl port-forward brings here.
      """;

  private DebugPages() {}

  /** The pages. */
  public static Map<String, Page> of(LogSetup log) {
    Page index = DebugPages::index;
    Map<String, Page> pages = new LinkedHashMap<>();
    pages.put("/", index);
    pages.put("/debug", index);
    pages.put("/debug/", index);
    pages.put("/debug/pprof", index);
    pages.put("/debug/pprof/", index);
    pages.put("/debug/logging", new LogLevelPage(log));
    pages.put("/debug/threads", fromThisMachine(_ -> Page.Reply.text(200, Diagnostics.threads())));
    pages.put("/debug/heap", fromThisMachine(_ -> Page.Reply.text(200, Diagnostics.heap())));
    pages.put("/debug/jfr", fromThisMachine(new FlightRecording()));
    return pages;
  }

  private static Page.Reply index(Page.Request request) {
    return request.isRead() ? Page.Reply.text(200, INDEX) : Page.Reply.onlyReads();
  }

  private static Page fromThisMachine(Page page) {
    return new Page() {
      @Override
      public Reply answer(Request request) throws IOException, InterruptedException {
        if (!request.isFromThisMachine()) {
          return Reply.text(
              403,
              "only for callers on this machine; come through it, as kubectl port-forward does\n");
        }
        return request.isRead() ? page.answer(request) : Reply.onlyReads();
      }
    };
  }
}
