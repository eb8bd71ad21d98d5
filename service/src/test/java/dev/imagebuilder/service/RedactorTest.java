package dev.imagebuilder.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RedactorTest {

  @Test
  void secretsBecomeStars() {
    assertThat(run(Set.of("hunter22"), "user hunter22 logged in", 4096))
        .isEqualTo("user *** logged in");
  }

  @Test
  void secretsSplitOverChunksBecomeStars() {
    String text = "a hunter22 b hunter2 c hunter22";

    for (int chunk = 1; chunk < text.length(); chunk++) {
      assertThat(run(Set.of("hunter22"), text, chunk)).isEqualTo("a *** b hunter2 c ***");
    }
  }

  @Test
  void theLongestAndTheOverlappingAreHiddenWhole() {
    assertThat(run(Set.of("abcd", "abcdefgh"), "xabcdefghx", 3)).isEqualTo("x***x");
    assertThat(run(Set.of("abcd", "abcdefgh"), "xabcdefgx", 3)).isEqualTo("x***efgx");
    assertThat(run(Set.of("abcd", "cdef"), "xabcdefx", 3)).isEqualTo("x***x");
    assertThat(run(Set.of("bcde", "abcdefgh"), "xabcdefx", 3)).isEqualTo("xa***fx");
    assertThat(run(Set.of("abcd"), "xabcdabcdx", 3)).isEqualTo("x***x");
  }

  @Test
  void onlyWhatMayBecomeASecretIsHeldBack() {
    Redactor redactor = new Redactor();
    redactor.hide(Set.of("hunter22"));

    assertThat(next(redactor, "progress 50% ")).isEqualTo("progress 50% ");
    assertThat(next(redactor, "hunt")).isEmpty();
    assertThat(next(redactor, "ing")).isEqualTo("hunting");
    assertThat(next(redactor, "hunter22")).isEqualTo("***");
    assertThat(next(redactor, "hun")).isEmpty();
    assertThat(new String(redactor.last(), UTF_8)).isEqualTo("hun");
  }

  @Test
  void aSecretThatBecomesKnownLateIsFoundInWhatIsHeldBack() {
    Redactor redactor = new Redactor();
    redactor.hide(Set.of("hunter22"));
    assertThat(next(redactor, "hunter")).isEmpty();

    redactor.hide(Set.of("unterhalt"));

    assertThat(next(redactor, "halt!")).isEqualTo("h***!");
  }

  @Test
  void textsAreCleanedBesideTheStream() {
    Redactor redactor = new Redactor();
    redactor.hide(Set.of("geheim€"));
    assertThat(next(redactor, "gehe")).isEmpty();

    assertThat(redactor.clean("ü geheim€ gehe")).isEqualTo("ü *** gehe");

    assertThat(next(redactor, "im€")).isEqualTo("***");
  }

  @Test
  void anyChunkingGivesWhatASimpleSearchGives() {
    Random random = new Random(42);
    for (int round = 0; round < 3000; round++) {
      Set<String> secrets = Set.copyOf(words(random, 1 + random.nextInt(4)));
      String text = word(random, 60);

      Redactor redactor = new Redactor();
      redactor.hide(secrets);
      var shown = new ByteArrayOutputStream();
      byte[] bytes = text.getBytes(UTF_8);
      for (int at = 0; at < bytes.length; ) {
        int end = Math.min(bytes.length, at + random.nextInt(9));
        shown.writeBytes(redactor.next(Arrays.copyOfRange(bytes, at, end)));
        at = end;
      }
      shown.writeBytes(redactor.last());

      assertThat(shown.toString(UTF_8))
          .as("%s in %s", secrets, text)
          .isEqualTo(simply(secrets, text));
    }
  }

  /** Marks every occurrence of every secret, then replaces each marked stretch. */
  private static String simply(Set<String> secrets, String text) {
    boolean[] isSecret = new boolean[text.length()];
    for (String secret : secrets) {
      for (int at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
        Arrays.fill(isSecret, at, at + secret.length(), true);
      }
    }
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (!isSecret[i]) {
        shown.append(text.charAt(i));
      } else if (i == 0 || !isSecret[i - 1]) {
        shown.append("***");
      }
    }
    return shown.toString();
  }

  /** Few letters, so that secrets overlap, repeat and nearly occur. */
  private static String word(Random random, int length) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append((char) ('a' + random.nextInt(2)));
    }
    return word.toString();
  }

  private static List<String> words(Random random, int count) {
    return random.ints(count, 2, 8).mapToObj(length -> word(random, length)).distinct().toList();
  }

  private static String run(Set<String> secrets, String text, int chunk) {
    Redactor redactor = new Redactor();
    redactor.hide(secrets);
    StringBuilder shown = new StringBuilder();
    for (int at = 0; at < text.length(); at += chunk) {
      shown.append(next(redactor, text.substring(at, Math.min(text.length(), at + chunk))));
    }
    return shown + new String(redactor.last(), UTF_8);
  }

  private static String next(Redactor redactor, String text) {
    return new String(redactor.next(text.getBytes(UTF_8)), UTF_8);
  }
}
