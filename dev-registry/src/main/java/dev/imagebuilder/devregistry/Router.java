package dev.imagebuilder.devregistry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Brings each request to its handler, and what goes wrong to the client. */
final class Router implements HttpHandler {
  private static final Logger LOG = System.getLogger(Router.class.getName());
  private static final long DRAIN_BYTES = 8 << 20;

  private final UploadHandler uploads;
  private final BlobHandler blobs;
  private final ManifestHandler manifests;
  private final ListHandler lists;
  private final Set<Call> running = ConcurrentHashMap.newKeySet();

  Router(Storage storage, DevRegistryOptions.Limits limits) {
    this.uploads = new UploadHandler(storage, limits.maxBlobBytes());
    this.blobs = new BlobHandler(storage);
    this.manifests = new ManifestHandler(storage);
    this.lists = new ListHandler(storage);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    Call call = new Call(exchange);
    running.add(call);
    try (exchange) {
      call.with("Docker-Distribution-Api-Version", "registry/2.0");
      serve(call);
    } catch (InterruptedException _) {
      // The registry is closing: so does the connection.
      Thread.currentThread().interrupt();
    } finally {
      running.remove(call);
    }
  }

  /** Ends the calls in which nothing has moved for so long. */
  void endIdle(Duration limit) {
    for (Call call : running) {
      if (call.idleNanos() > limit.toNanos()) {
        call.interrupt();
      }
    }
  }

  private void serve(Call call) throws IOException, InterruptedException {
    try {
      route(call, Target.parse(call.rawPath()));
    } catch (Refusal e) {
      call.drain(DRAIN_BYTES);
      refuse(call, e);
    } catch (ClientGoneException e) {
      LOG.log(Logger.Level.DEBUG, () -> call.method() + " " + call.rawPath() + " broke off", e);
    } catch (IOException | RuntimeException e) {
      LOG.log(Logger.Level.ERROR, call.method() + " " + call.rawPath() + " failed", e);
      if (!call.isAnswered()) {
        refuse(call, fault(e));
      }
    }
  }

  private static Refusal fault(Exception e) {
    String why = e instanceof IOException ? "cannot use its disk: " + e.getMessage() : "a bug";
    return new Refusal(
        500, Refusal.Code.UNKNOWN, "the fault is this registry's, its log says more: " + why);
  }

  private void route(Call call, Target target) throws IOException, Refusal, InterruptedException {
    switch (target) {
      case Target.NewUpload(var name) -> uploads.begin(call, name);
      case Target.RunningUpload(var name, var id) -> uploads.resume(call, name, id);
      case Target.Blob(var name, var digest) -> blobs.handle(call, name, digest);
      case Target.ManifestAt(var name, var reference) -> manifests.handle(call, name, reference);
      case Target.Base() -> {
        requireRead(call);
        call.answerJson(200, Map.of());
      }
      case Target.Catalog() -> {
        requireRead(call);
        lists.catalog(call);
      }
      case Target.Tags(var name) -> {
        requireRead(call);
        lists.tags(call, name);
      }
      case Target.Referrers(var name, var digest) -> {
        requireRead(call);
        lists.referrers(call, name, digest);
      }
    }
  }

  private static void requireRead(Call call) throws Refusal {
    if (!call.method().equals("GET") && !call.isHead()) {
      throw Refusal.method(call.method());
    }
  }

  private static void refuse(Call call, Refusal refusal) throws IOException {
    Map<String, String> error =
        Map.of("code", refusal.code().name(), "message", refusal.sentence());
    call.answerJson(refusal.status(), Map.of("errors", List.of(error)));
  }
}
