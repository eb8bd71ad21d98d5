package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.Request;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import dev.imagebuilder.testing.TestImages.Format;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interruption is cancellation: it is quick, and leaves nothing in the registry. */
final class InterruptIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final TestImages.TestLayer LAYER = TestImages.randomLayer(4, 21);
  private static final TestImage IMAGE =
      TestImages.image(Format.OCI, Platform.LINUX_AMD64, List.of(LAYER));
  private final DebianRegistry registry;
  private final FakeRegistry source;
  private final FakeRegistry target;
  private final Ours ours;

  InterruptIT() throws Exception {
    registry = DebianRegistry.start();
    source = FakeRegistry.answering(Answer.serving(IMAGE));
    target = FakeRegistry.answering(Answer.from(registry.address()));
    ours = Ours.plain(source.domain(), target.domain(), registry.domain());
  }

  @AfterEach
  void close() throws Exception {
    ours.close();
    source.close();
    target.close();
    registry.close();
  }

  @Test
  void inTheMiddleOfALayer() throws Exception {
    source.answer(
        Answer.serving(IMAGE).stalled().when(InterruptIT::readsLayer, Answer.serving(IMAGE)));

    interrupt(() -> copyTo(registry.domain()), () -> hasOpenUpload() && isRead());

    Eventually.eventually(SOON, () -> assertThat(registry.openUploads()).isZero());
    assertThat(registry.client().digest("to", "1")).isEmpty();
    assertThat(registry.log()).contains("\"DELETE /v2/to/blobs/uploads/");
  }

  @Test
  void whileTheTargetThinks() throws Exception {
    Predicate<Request> puts = request -> request.method().equals("PUT");
    target.answer(
        Answer.from(registry.address()).after(LONG).when(puts, Answer.from(registry.address())));

    interrupt(() -> copyTo(target.domain()), () -> target.requests(puts).size() == 2);

    assertThat(target.requests(request -> request.method().equals("DELETE"))).hasSize(2);
    Eventually.eventually(SOON, () -> assertThat(registry.openUploads()).isZero());
  }

  @Test
  void whileASlowTokenServiceIsAsked() throws Exception {
    source.answer(
        Answer.unauthorized("Bearer realm=\"" + target.address() + "/token\"")
            .when(request -> request.header("Authorization").isEmpty(), Answer.serving(IMAGE)));
    target.answer(Answer.of(Reply.of(200)).after(LONG));

    interrupt(this::resolve, () -> !target.requests().isEmpty());
  }

  @Test
  void whileAnAnswerIsAwaited() throws Exception {
    source.answer(Answer.serving(IMAGE).after(LONG));

    interrupt(this::resolve, () -> !source.requests().isEmpty());
  }

  @Test
  void inTheMiddleOfAManifest() throws Exception {
    Predicate<Request> gets = request -> request.method().equals("GET");
    source.answer(Answer.serving(IMAGE).stalled().when(gets, Answer.serving(IMAGE)));

    interrupt(this::resolve, () -> !source.requests(gets).isEmpty());
  }

  @Test
  void whileTheNextAttemptIsAwaited() throws Exception {
    source.answer(Answer.tooMany("5"));

    interrupt(
        () -> ours.resolve(source.domain() + "/from:1", NOBODY, Attempts.SEVERAL),
        () -> !source.requests().isEmpty());
  }

  /** Interrupts work when it has come to a point, and checks that it ends quickly, as it should. */
  private static void interrupt(Callable<?> work, BooleanSupplier point) throws Exception {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread worker =
        Thread.ofVirtual()
            .start(() -> {
              try {
                end.completeExceptionally(new AssertionError("succeeded with " + work.call()));
              } catch (Exception e) {
                end.complete(e);
              }
            });
    Eventually.eventually(SOON, point);
    long start = System.nanoTime();

    worker.interrupt();

    assertThat(end.get()).isInstanceOf(InterruptedException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  private Object copyTo(String domain) throws Exception {
    return ours.copy(source.domain() + "/from:1", domain + "/to:1");
  }

  private ImageReference resolve() throws Exception {
    return ours.resolve(source.domain() + "/from:1", NOBODY);
  }

  private boolean isRead() {
    return !source.requests(InterruptIT::readsLayer).isEmpty();
  }

  private boolean hasOpenUpload() {
    try {
      return registry.openUploads() > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean readsLayer(Request request) {
    return request.method().equals("GET") && request.path().endsWith("/" + LAYER.digest());
  }
}
