package dev.imagebuilder.service;

import static dev.imagebuilder.service.ServiceFixture.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.work.Tasks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildLogTest {
  @TempDir private Path folder;
  private final Redactor redactor = new Redactor();
  private LogFile file = new LogFile(Path.of("none"));
  private BuildLog log = new BuildLog(file, 1000, redactor);

  @BeforeEach
  void open() {
    open(1000);
  }

  @Test
  @Tag("row-49")
  void whoComesLateReadsEverythingFromAnyOffset() throws Exception {
    log.append(bytes("one\ntwo"));
    log.line("three");
    log.end("over");

    assertThat(all(0)).isEqualTo("one\ntwo\nthree\nover\n");
    assertThat(all(4)).isEqualTo("two\nthree\nover\n");
    assertThat(all(1_000_000)).isEmpty();
    assertThat(folder.resolve("log")).doesNotExist();
  }

  @Test
  void whatIsTooMuchForMemoryIsInTheFile() throws Exception {
    open(100_000);
    String text = "0123456789".repeat(500);
    for (int at = 0; at < text.length(); at += 1000) {
      log.append(bytes(text.substring(at, at + 1000)));
    }
    log.end("over");

    String whole = text + "\nover\n";
    assertThat(folder.resolve("log")).hasContent(whole.substring(4096));
    for (int offset : new int[] {0, 1, 4095, 4096, 4097, whole.length() - 1}) {
      assertThat(all(offset)).isEqualTo(whole.substring(offset));
    }
  }

  @Test
  void readersWaitForWhatComesButNotForEver() throws Exception {
    byte[] buffer = new byte[100];
    try (Build.LogReader reader = file.read(0)) {
      assertThat(reader.read(buffer, Duration.ofMillis(1))).isZero();

      log.append(bytes("abc"));
      assertThat(reader.read(buffer, PATIENCE)).isEqualTo(3);
      assertThat(reader.read(buffer, Duration.ZERO)).isZero();

      log.end("x");
      assertThat(reader.read(buffer, PATIENCE)).isEqualTo(3);
      assertThat(reader.read(buffer, PATIENCE)).isEqualTo(-1);
    }
  }

  @Test
  void outputAfterTheEndIsDropped() throws Exception {
    log.end("over");
    log.append(bytes("late"));
    log.line("late");
    log.end("twice");

    assertThat(all(0)).isEqualTo("over\n");
  }

  @Test
  void secretsNeverReachTheLogAndOffsetsCountWhatDoes() throws Exception {
    redactor.hide(Set.of("hunter22"));
    log.append(bytes("password hunt"));
    assertThat(file.size()).isEqualTo("password ".length());

    log.append(bytes("er22 accepted\nhunt"));
    log.end("failed for hunter22");

    assertThat(all(0)).isEqualTo("password *** accepted\nhunt\nfailed for ***\n");
    assertThat(all(13)).isEqualTo("accepted\nhunt\nfailed for ***\n");
  }

  @Test
  void ofALogThatIsTooLongTheStartAndTheEndAreKept() throws Exception {
    open(10);
    log.append(bytes("0123456789abcdef"));
    log.append(new byte[200_000]);
    log.append(bytes("the reason\n"));
    log.end("failed");

    assertThat(all(0))
        .startsWith("0123456789\n[the log is too long and is cut here;")
        .contains("[" + (6 + 200_000 + 11 - (64 << 10)) + " bytes are left out]\n")
        .endsWith("\0the reason\nfailed\n")
        .hasSizeLessThan(67_000);
  }

  @Test
  void ofALogThatIsALittleTooLongNothingIsLost() throws Exception {
    open(10);
    log.append(bytes("0123456789"));
    log.append(bytes("abc"));
    log.end("done");

    assertThat(all(0)).matches("(?s)0123456789\n\\[.*\\]\nabc\ndone\n");
  }

  @Test
  void aLogThatCannotBeWrittenEndsItsReaders() throws Exception {
    LogFile unwritable = new LogFile(folder.resolve("no/such/folder/log"));
    BuildLog broken = new BuildLog(unwritable, 10_000, redactor);

    broken.append(bytes("lost".repeat(2000)));
    broken.end("over");

    try (Build.LogReader reader = unwritable.read(0)) {
      assertThat(reader.read(new byte[10], PATIENCE)).isEqualTo(-1);
    }
  }

  @Test
  void whoReadsARemovedLogReadsItToItsEnd() throws Exception {
    open(100_000);
    log.append(bytes("0123456789".repeat(500)));
    byte[] buffer = new byte[4];
    try (Build.LogReader reader = file.read(0);
        Build.LogReader further = file.read(4500)) {
      assertThat(reader.read(buffer, PATIENCE)).isEqualTo(4);
      assertThat(further.read(buffer, PATIENCE)).isEqualTo(4);

      log.end("over");
      file.delete();

      assertThat(folder.resolve("log")).doesNotExist();
      assertThat(reader.read(buffer, PATIENCE)).isEqualTo(4);
      assertThat(further.read(buffer, PATIENCE)).isEqualTo(4);
    }
    try (Build.LogReader late = file.read(0)) {
      assertThatThrownBy(() -> late.read(buffer, PATIENCE))
          .hasMessage("the log of this build is not kept any more");
    }
  }

  @Test
  @Tag("row-41")
  void aThousandReadersReadAllThoughOneIsFrozen() throws Exception {
    open(1 << 20);
    String text = "0123456789".repeat(1000);
    try (Build.LogReader frozen = file.read(0)) {
      assertThat(frozen.read(new byte[0], Duration.ofMillis(1))).isZero();
      CountDownLatch ready = new CountDownLatch(1000);
      Callable<String> write =
          () -> {
            ready.await();
            for (int at = 0; at < text.length(); at += 100) {
              log.append(bytes(text.substring(at, at + 100)));
            }
            log.end("over");
            return "";
          };
      Callable<String> read =
          () -> {
            ready.countDown();
            return all(0);
          };

      var read1000 =
          Tasks.allOf(
              Stream.concat(Stream.of(write), Stream.generate(() -> read).limit(1000)).toList());

      assertThat(Set.copyOf(read1000)).containsExactlyInAnyOrder("", text + "\nover\n");
    }
  }

  private void open(long limit) {
    file = new LogFile(folder.resolve("log"));
    log = new BuildLog(file, limit, redactor);
  }

  private String all(long offset) throws IOException, InterruptedException {
    var read = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    try (Build.LogReader reader = file.read(offset)) {
      for (int n = 0; n >= 0; n = reader.read(buffer, PATIENCE)) {
        read.write(buffer, 0, n);
      }
    }
    return read.toString(UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
