package dev.imagebuilder.service;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Images;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Exchange;
import dev.imagebuilder.core.RegistryException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Registries in memory: every image has the digest of its own name. */
final class FakeImages implements Images {
  private final Map<String, Reason> faults = new ConcurrentHashMap<>();
  private final Map<String, Credential> wanted = new ConcurrentHashMap<>();
  private final Map<String, Digest> images = new ConcurrentHashMap<>();
  private final List<Question> questions = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable CountDownLatch> held = new AtomicReference<>();

  /** Who asked for what. */
  record Question(String ref, Credential credential, Attempts attempts) {}

  FakeImages with(String ref) {
    ImageReference image = ImageReference.parse(ref);
    images.put(image.lookupForm(), image.digest().orElse(digestOf(image.lookupForm())));
    return this;
  }

  /** From now on the name is that of another image. */
  FakeImages moving(String ref, String digest) {
    images.put(ImageReference.parse(ref).lookupForm(), Digest.parse(digest));
    return this;
  }

  FakeImages without(String ref) {
    images.remove(ImageReference.parse(ref).lookupForm());
    return this;
  }

  /** The image, or its absence, is seen only with this credential. */
  FakeImages wanting(String ref, Credential credential) {
    wanted.put(ImageReference.parse(ref).lookupForm(), credential);
    return this;
  }

  FakeImages failing(String ref, Reason reason) {
    faults.put(ImageReference.parse(ref).lookupForm(), reason);
    return this;
  }

  /** The next answer is made now and given late: when the latch opens. */
  FakeImages holdingNextAnswer(CountDownLatch open) {
    held.set(open);
    return this;
  }

  List<Question> questions() {
    return questions;
  }

  /** The digest form of an image of this name. */
  static String digestForm(String ref) {
    ImageReference image = ImageReference.parse(ref);
    return image.withDigest(digestOf(image.lookupForm())).toString();
  }

  @Override
  public ImageReference resolve(ImageReference image, Credential credential, Attempts attempts)
      throws RegistryException, InterruptedException {
    String ref = image.lookupForm();
    questions.add(new Question(ref, credential, attempts));
    Reason fault = faults.get(ref);
    if (fault == null && wanted.containsKey(ref) && !credential.equals(wanted.get(ref))) {
      fault = Reason.UNAUTHORIZED;
    }
    Digest digest = images.get(ref);
    CountDownLatch open = held.getAndSet(null);
    if (open != null) {
      open.await();
    }
    if (fault != null || digest == null) {
      throw failure(ref, fault == null ? Reason.MANIFEST_UNKNOWN : fault);
    }
    return image.withDigest(digest);
  }

  private static Digest digestOf(String ref) {
    return Digest.of(ref.getBytes(StandardCharsets.UTF_8));
  }

  private static RegistryException failure(String ref, Reason reason) {
    var exchange =
        new Exchange("HEAD", "host", "repository", 400, List.of(), Duration.ofSeconds(90), 1);
    return new RegistryException(reason, "resolve " + ref + ": \"" + reason + '"', exchange, null);
  }
}
