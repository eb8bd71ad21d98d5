package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ReplayTest {
  private static final int FULL = Delivered.REPLAY;
  private final Delivered delivered = new Delivered();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final AtomicInteger gaps = new AtomicInteger();

  @Test
  void firstConnectionPassesEverythingOn() {
    connect("abc".getBytes(StandardCharsets.UTF_8), 3);

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("abc");
    assertThat(gaps).hasValue(0);
  }

  @Test
  void anyTwoConnectionsGiveEveryByteOnce() {
    byte[] all = lines(3 * FULL);
    Random random = new Random(7);
    for (int round = 0; round < 40; round++) {
      int seen = 1 + random.nextInt(all.length - 1);
      int later = Math.min(all.length, seen + random.nextInt(FULL - 40));
      checkEveryByteOnce(all, seen, later);
    }
  }

  @Test
  void edgesOfTheReplayGiveEveryByteOnce() {
    byte[] all = lines(3 * FULL);
    for (int seen : new int[] {1, 31, 32, 255, 256, 257, FULL - 1, FULL, FULL + 1, FULL + 256}) {
      checkEveryByteOnce(all, seen, seen);
      checkEveryByteOnce(all, seen, seen + 1);
      checkEveryByteOnce(all, seen, Math.max(seen, FULL));
      checkEveryByteOnce(all, seen, Math.min(seen, FULL) + FULL - 40);
    }
  }

  @Test
  void outputThatRepeatsItselfComesOnce() {
    byte[] same = new byte[FULL + 1000];
    Arrays.fill(same, (byte) '.');

    deliver(same, same.length);
    reconnect(same, same.length);

    assertThat(out.size()).isEqualTo(same.length);
    assertThat(gaps).hasValue(0);
  }

  @Test
  void repeatedBlocksInDifferentPlacesAreToldApart() {
    byte[] all = lines(2 * FULL);
    for (int i = 1; i < 20; i++) {
      System.arraycopy(all, 0, all, i * 20_000, 1000);
    }

    deliver(all, FULL + 61_000);
    reconnect(all, FULL + 90_000);

    assertThat(out.toByteArray()).isEqualTo(Arrays.copyOf(all, FULL + 90_000));
    assertThat(gaps).hasValue(0);
  }

  @Test
  void outputThatWasMissedIsSaidAndTheRestFollows() {
    byte[] all = lines(3 * FULL);

    deliver(all, 5000);
    reconnect(all, 5000 + FULL + 1);

    assertThat(gaps).hasValue(1);
    assertThat(out.size()).isEqualTo(5000 + FULL);
    byte[] last = Arrays.copyOfRange(out.toByteArray(), 5000, out.size());
    assertThat(last).isEqualTo(Arrays.copyOfRange(all, 5001, 5001 + FULL));
  }

  @Test
  void connectionThatBreaksWhileAligningLosesNothing() {
    byte[] all = lines(FULL);

    deliver(all, 100_000);
    new Replay(delivered, out::writeBytes, gaps::incrementAndGet).write(all, 0, 50_000);
    reconnect(all, 120_000);

    assertThat(out.toByteArray()).isEqualTo(Arrays.copyOf(all, 120_000));
    assertThat(gaps).hasValue(0);
  }

  @Test
  void anotherTerminalBeginsAnew() {
    deliver(lines(1000), 1000);
    delivered.reset();

    connect("new".getBytes(StandardCharsets.UTF_8), 3);

    assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("new");
    assertThat(gaps).hasValue(0);
  }

  private void checkEveryByteOnce(byte[] all, int seen, int later) {
    delivered.reset();
    out.reset();
    deliver(all, seen);
    reconnect(all, later);

    assertThat(out.toByteArray())
        .as("%s, then %s", seen, later)
        .isEqualTo(Arrays.copyOf(all, later));
    assertThat(gaps).as("%s, then %s", seen, later).hasValue(0);
  }

  private void deliver(byte[] all, int length) {
    connect(all, length);
  }

  /** What supervisor sends when so much has been printed in all. */
  private void reconnect(byte[] all, int printed) {
    connect(Arrays.copyOfRange(all, Math.max(0, printed - FULL), printed), -1);
  }

  private void connect(byte[] bytes, int length) {
    Replay replay = new Replay(delivered, out::writeBytes, gaps::incrementAndGet);
    int end = length < 0 ? bytes.length : length;
    for (int at = 0; at < end; at += 4096) {
      replay.write(bytes, at, Math.min(4096, end - at));
    }
    assertThat(replay.isAligned()).isTrue();
  }

  private static byte[] lines(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < length; i++) {
      text.append("#12 ").append(i).append(" copying a file\r\n");
    }
    return Arrays.copyOf(text.toString().getBytes(StandardCharsets.UTF_8), length);
  }
}
