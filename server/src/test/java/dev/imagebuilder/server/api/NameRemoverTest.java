package dev.imagebuilder.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class NameRemoverTest {
  private static final String WORKSPACE = "reg.example:5000/ws:abcdef";
  private static final String BASE = "docker.io/library/alpine@sha256:0123";

  @Test
  @Tag("row-47")
  void removesReferencesAndWhatStandsBeforeTheirFirstColon() {
    String log =
        "push reg.example:5000/ws:abcdef\nfrom docker.io/library/alpine@sha256:0123\n"
            + "at reg.example:80 and docker.io/library/alpine@sha256:9999, docker.io/library/alp";

    assertThat(passed(log, log.length()))
        .isEqualTo("push \nfrom \nat :80 and :9999, docker.io/library/alp");
  }

  @Test
  @Tag("row-47")
  void removesNamesThatAreSplitAtAnyByte() {
    String log = "a " + WORKSPACE + WORKSPACE + " reg.exampl " + BASE + "! reg.example:5000/ws:ab";
    String expected = passed(log, log.length());

    for (int size = 1; size < log.length(); size++) {
      assertThat(passed(log, size)).as("chunks of %d", size).isEqualTo(expected);
    }
    assertThat(expected).isEqualTo("a  reg.exampl ! :5000/ws:ab");
  }

  @Test
  void passesOnAtOnceWhatCannotBePartOfAName() {
    NameRemover remover = new NameRemover(WORKSPACE, BASE);

    assertThat(text(remover.pass("hello re".getBytes(StandardCharsets.UTF_8), 8)))
        .isEqualTo("hello ");
    assertThat(text(remover.pass("x".getBytes(StandardCharsets.UTF_8), 1))).isEqualTo("rex");
  }

  @Test
  void keepsEveryByteWhereThereIsNoName() {
    byte[] all = new byte[4096];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    NameRemover remover = new NameRemover("", "");

    assertThat(remover.pass(all, all.length)).isEqualTo(all);
    assertThat(remover.rest()).isEmpty();
  }

  private static String passed(String log, int size) {
    NameRemover remover = new NameRemover(WORKSPACE, BASE);
    byte[] bytes = log.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; at += size) {
      int end = Math.min(bytes.length, at + size);
      out.writeBytes(remover.pass(Arrays.copyOfRange(bytes, at, end), end - at));
    }
    out.writeBytes(remover.rest());
    return text(out.toByteArray());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
