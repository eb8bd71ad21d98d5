package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class TerminalStreamTest {
  private static final String TITLE =
      "{\"result\":{\"title\":\"build\",\"titleSource\":\"api\"}}\n";
  private static final String EXIT = "{\"result\":{\"exitCode\":0,\"titleSource\":\"process\"}}\n";
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  @Tag("row-91")
  void row91OnlyDataElementsGiveOutput() throws Exception {
    var end = read(TITLE + data("one") + TITLE + data("two") + EXIT + data("late"));

    assertThat(end).isEqualTo(TerminalStream.End.EXIT);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("onetwo");
  }

  @Test
  void streamThatJustEndsIsCut() throws Exception {
    assertThat(read(TITLE + data("one"))).isEqualTo(TerminalStream.End.CUT);
  }

  @Test
  void bytesStayAsTheyAre() throws Exception {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }

    var _ = read("{\"result\":{\"data\":\"" + Base64.getEncoder().encodeToString(all) + "\"}}");

    assertThat(out.toByteArray()).isEqualTo(all);
  }

  @Test
  void errorsAndGarbageAreSaid() {
    for (String broken :
        List.of(
            "{\"error\":{\"code\":5,\"message\":\"terminal not found\"}}",
            "<html>",
            "[1]x",
            "7",
            "{\"result\":{\"data\":\"!!!\"}}",
            "{\"result\":{\"data\":\"QUJD")) {
      assertThatThrownBy(() -> read(broken)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void elementOf100MegabytesPassesThroughASmallBuffer() throws Exception {
    int blocks = 100;
    byte[] block = "A".repeat(4 * 350_000).getBytes(StandardCharsets.UTF_8);
    Largest largest = new Largest();
    InputStream in =
        new SequenceInputStream(
            Collections.enumeration(
                List.of(
                    stream("{\"result\":{\"data\":\""),
                    new SequenceInputStream(
                        Collections.enumeration(
                            Collections.nCopies(blocks, block).stream()
                                .map(ByteArrayInputStream::new)
                                .toList())),
                    stream("\"}}" + EXIT))));

    var end = TerminalStream.read(in, largest);

    assertThat(end).isEqualTo(TerminalStream.End.EXIT);
    assertThat(largest.total).isEqualTo(blocks * 3L * 350_000);
    assertThat(largest.most).isLessThan(64 * 1024);
  }

  private TerminalStream.End read(String text) throws IOException {
    return TerminalStream.read(stream(text), out);
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String data(String text) {
    String base64 = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    return "{\"result\":{\"data\":\"" + base64 + "\",\"titleSource\":\"process\"}}\n";
  }

  /** Notes how much came, and in what pieces. */
  private static final class Largest extends OutputStream {
    private long total;
    private int most;

    @Override
    public void write(int value) {
      total++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      total += length;
      most = Math.max(most, length);
    }
  }
}
