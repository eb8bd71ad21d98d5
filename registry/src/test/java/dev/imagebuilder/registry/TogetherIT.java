package dev.imagebuilder.registry;

import static dev.imagebuilder.registry.Ours.NOBODY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.work.Tasks;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.Reply;
import dev.imagebuilder.testing.TestImage;
import dev.imagebuilder.testing.TestImages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many who want to know something at the same time. */
final class TogetherIT {
  private static final TestImage IMAGE = TestImages.oci("hello");
  private static final String FOUND = "@" + IMAGE.digest();
  private static final Credential ME = Ours.password("me", "hunter22");
  private static final int MANY = 100;

  private final FakeRegistry fake;
  private final CountDownLatch open = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();

  TogetherIT() throws Exception {
    fake = FakeRegistry.answering(held(Answer.serving(IMAGE)));
  }

  @AfterEach
  void close() {
    open.countDown();
    fake.close();
  }

  @Test
  void equalLookUpsAtTheSameTimeAreOneRequest() throws Exception {
    try (Ours ours = Ours.plain(fake.domain())) {
      Images images = ours.images();
      List<FutureTask<String>> callers = callers(MANY, () -> resolve(images, NOBODY));
      open.countDown();

      assertThat(results(callers)).hasSize(MANY).allMatch(found -> found.endsWith(FOUND));
      assertThat(heads()).isEqualTo(1);
      assertThat(fake.requests()).hasSize(2);
    }
  }

  @Test
  void whoShowsAnotherCredentialAsksForItself() throws Exception {
    try (Ours ours = Ours.plain(fake.domain())) {
      Images images = ours.images();
      List<FutureTask<String>> callers = callers(MANY, () -> resolve(images, NOBODY));
      callers.addAll(callers(MANY, () -> resolve(images, ME)));
      open.countDown();

      assertThat(results(callers)).hasSize(2 * MANY).allMatch(found -> found.endsWith(FOUND));
      assertThat(heads()).isEqualTo(2);
    }
  }

  @Test
  void oneFailureIsThatOfAll() throws Exception {
    try (Ours ours = Ours.plain(fake.domain())) {
      fake.answer(held(Answer.of(Reply.of(503))));
      Images images = ours.images();
      List<FutureTask<String>> callers = callers(MANY, () -> refusal(images));
      open.countDown();

      assertThat(results(callers)).hasSize(MANY).allMatch(fault -> fault.contains(": 503"));
      assertThat(heads()).isEqualTo(1);
    }
  }

  @Test
  void anImageThatComesBetweenTwoLookUpsIsSeenByTheSecond() throws Exception {
    try (Ours ours = Ours.plain(fake.domain())) {
      fake.answer(held(Answer.nothing()).times(1, Answer.serving(IMAGE)));
      Images images = ours.images();
      List<FutureTask<String>> first = callers(1, () -> refusal(images));
      Eventually.eventually(Duration.ofSeconds(20), () -> heads() == 1);
      List<FutureTask<String>> later = callers(MANY, () -> resolve(images, NOBODY));
      open.countDown();

      assertThat(results(first).getFirst()).contains(": 404");
      assertThat(results(later)).hasSize(MANY).allMatch(found -> found.endsWith(FOUND));
    }
  }

  @Test
  void aThousandFirstLookUpsOnALoopbackRegistryAskForItsSchemeOnce() throws Exception {
    open.countDown();
    try (Ours ours = Ours.open()) {
      Images images = ours.images();
      List<Callable<String>> lookUps = new ArrayList<>();
      for (int tag = 0; tag < 1_000; tag++) {
        String reference = fake.domain() + "/a:" + tag;
        lookUps.add(() -> resolve(images, reference, NOBODY));
      }

      assertThat(Tasks.allOf(lookUps)).hasSize(1_000).allMatch(found -> found.endsWith(FOUND));
      assertThat(fake.requests(request -> request.target().equals("/v2/"))).hasSize(1);
    }
  }

  /** Callers that all wait for an answer. */
  private List<FutureTask<String>> callers(int count, Callable<String> call) {
    List<FutureTask<String>> tasks = new ArrayList<>();
    for (int caller = 0; caller < count; caller++) {
      FutureTask<String> task = new FutureTask<>(call);
      tasks.add(task);
      threads.add(Thread.startVirtualThread(task));
    }
    Eventually.eventually(
        Duration.ofSeconds(20),
        () -> threads.stream().allMatch(each -> each.getState() == Thread.State.TIMED_WAITING));
    return tasks;
  }

  private static List<String> results(List<FutureTask<String>> tasks) throws Exception {
    List<String> results = new ArrayList<>();
    for (FutureTask<String> task : tasks) {
      results.add(task.get(30, TimeUnit.SECONDS));
    }
    return results;
  }

  private String resolve(Images images, Credential credential) throws Exception {
    return resolve(images, fake.domain() + "/a:1", credential);
  }

  private static String resolve(Images images, String reference, Credential credential)
      throws Exception {
    return images.resolve(ImageReference.parse(reference), credential, Attempts.ONE).toString();
  }

  private String refusal(Images images) throws Exception {
    try {
      return resolve(images, NOBODY);
    } catch (RegistryException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private Answer held(Answer answer) {
    return request -> {
      assertThat(open.await(30, TimeUnit.SECONDS)).isTrue();
      return answer.to(request);
    };
  }

  private long heads() {
    return fake.requests(request -> request.method().equals("HEAD")).size();
  }
}
