package dev.imagebuilder.buildkit.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.imagebuilder.proto.buildkit.fsutil.Packet;
import dev.imagebuilder.proto.buildkit.fsutil.Packet.PacketType;
import dev.imagebuilder.testing.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packets of one transfer, with an engine that this test plays. */
final class FileSenderTest {
  private static final FileWish ALL = new FileWish("x", List.of(), List.of(), List.of());

  private TemporaryFolder folder;
  private Engine engine;

  @BeforeEach
  void make() throws IOException {
    folder = TemporaryFolder.named("sender");
    engine = new Engine();
  }

  @AfterEach
  void remove() throws IOException {
    folder.close();
  }

  @Test
  void descriptionsComeFirstThenContentsThenTheEnd() throws Exception {
    write("a", "one");
    write("d/b", "");
    engine.whenDescribed = () -> engine.asks(request(2), request(0), fin());

    send();

    assertThat(engine.descriptions()).containsExactly("a", "d", "d/b");
    assertThat(engine.types())
        .containsExactly(
            PacketType.PACKET_STAT,
            PacketType.PACKET_STAT,
            PacketType.PACKET_STAT,
            PacketType.PACKET_STAT,
            PacketType.PACKET_DATA,
            PacketType.PACKET_DATA,
            PacketType.PACKET_DATA,
            PacketType.PACKET_FIN);
    assertThat(engine.content(0)).isEqualTo("one");
    assertThat(engine.content(2)).isEmpty();
  }

  @Test
  void contentIsSentWhileDescriptionsStillCome() throws Exception {
    write("a", "one");
    write("b", "two");
    engine.whenSent =
        packet -> {
          if (packet.getStat().getPath().equals("a")) {
            engine.asks(request(0));
          }
        };
    engine.whenDescribed = () -> engine.asks(fin());

    send();

    assertThat(engine.content(0)).isEqualTo("one");
  }

  @Test
  void largeContentIsSplit() throws Exception {
    write("large", "0123456789".repeat(50_000));
    engine.whenDescribed = () -> engine.asks(request(0), fin());

    send();

    assertThat(engine.content(0)).hasSize(500_000).startsWith("01234").endsWith("6789");
    assertThat(engine.sent).allMatch(packet -> packet.getData().size() <= 128 * 1024);
  }

  @Test
  void fileThatVanishedIsSaidToBoth() throws Exception {
    Path file = write("gone", "x");
    engine.whenDescribed =
        () -> {
          try {
            Files.delete(file);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          engine.asks(request(0));
        };

    assertThatThrownBy(this::send)
        .isInstanceOf(ContextException.class)
        .hasMessageContaining("\"gone\"");
    assertThat(engine.sent.getLast().getType()).isEqualTo(PacketType.PACKET_ERR);
    assertThat(engine.sent.getLast().getData().toStringUtf8()).contains("\"gone\"");
  }

  @Test
  void folderHasNoContent() throws Exception {
    write("d/b", "x");
    engine.whenDescribed = () -> engine.asks(request(0));

    assertThatThrownBy(this::send)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("asks for number 0");
  }

  @Test
  void engineThatGivesUpSaysWhy() throws Exception {
    write("a", "x");
    engine.whenDescribed =
        () ->
            engine.asks(
                Packet.newBuilder()
                    .setType(PacketType.PACKET_ERR)
                    .setData(ByteString.copyFromUtf8("disk full"))
                    .build());

    assertThatThrownBy(this::send)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("disk full");
  }

  private void send() throws Exception {
    new FileSender(new FolderTree(folder.path()), ALL, engine).run();
  }

  private Path write(String path, String content) throws IOException {
    Path file = folder.path().resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private static Packet request(int number) {
    return Packet.newBuilder().setType(PacketType.PACKET_REQ).setID(number).build();
  }

  private static Packet fin() {
    return Packet.newBuilder().setType(PacketType.PACKET_FIN).build();
  }

  /** Remembers what it was sent, and asks when the test says so. */
  private static final class Engine implements PacketChannel {
    private final List<Packet> sent = new ArrayList<>();
    private final BlockingQueue<Packet> asked = new LinkedBlockingQueue<>();
    private Runnable whenDescribed = () -> {};
    private Consumer<Packet> whenSent = _ -> {};

    @Override
    public synchronized void send(Packet packet) {
      sent.add(packet);
      whenSent.accept(packet);
      if (packet.getType() == PacketType.PACKET_STAT && !packet.hasStat()) {
        whenDescribed.run();
      }
    }

    @Override
    public Packet receive() throws IOException, InterruptedException {
      Packet packet = asked.poll(20, TimeUnit.SECONDS);
      if (packet == null) {
        throw new IOException("nothing asked");
      }
      return packet;
    }

    void asks(Packet... packets) {
      asked.addAll(List.of(packets));
    }

    List<PacketType> types() {
      return sent.stream().map(Packet::getType).toList();
    }

    List<String> descriptions() {
      return sent.stream().filter(Packet::hasStat).map(one -> one.getStat().getPath()).toList();
    }

    String content(int number) {
      StringBuilder content = new StringBuilder();
      sent.stream()
          .filter(one -> one.getType() == PacketType.PACKET_DATA && one.getID() == number)
          .forEach(one -> content.append(one.getData().toStringUtf8()));
      return content.toString();
    }
  }
}
