package dev.imagebuilder.buildkit.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.imagebuilder.core.DirectoryFiles;
import dev.imagebuilder.core.DirectoryFiles.Wish;
import dev.imagebuilder.proto.buildkit.fsutil.Packet;
import dev.imagebuilder.proto.buildkit.fsutil.Packet.PacketType;
import dev.imagebuilder.proto.buildkit.fsutil.Stat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is received is what was sent, and what is sent stays in its folder. */
final class FileReceiverTest {
  private static final int FOLDER = 1 << 31 | 0755;
  private static final int LINK = 1 << 27 | 0777;

  @TempDir Path temp;
  private Path target;

  @BeforeEach
  void makeTarget() throws IOException {
    target = Files.createDirectory(temp.resolve("target"));
  }

  @Test
  void treeArrivesAsItIs() throws Exception {
    Path source = Files.createDirectory(temp.resolve("source"));
    Files.createDirectories(source.resolve("a/leer"));
    Files.writeString(source.resolve("a/größe.txt"), "x".repeat(300_000));
    Files.writeString(source.resolve("empty"), "");
    Files.createSymbolicLink(source.resolve("link"), Path.of("a/größe.txt"));
    Files.setPosixFilePermissions(
        source.resolve("empty"), PosixFilePermissions.fromString("r-xr-x---"));

    FileReceiver.receive(serving(source), Wish.allBut("context", List.of()), target);

    assertThat(target.resolve("a/größe.txt")).hasSameBinaryContentAs(source.resolve("a/größe.txt"));
    assertThat(target.resolve("a/leer")).isEmptyDirectory();
    assertThat(Files.readSymbolicLink(target.resolve("link"))).isEqualTo(Path.of("a/größe.txt"));
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("empty"))))
        .isEqualTo("r-xr-x---");
    assertThat(Files.getLastModifiedTime(target.resolve("empty")))
        .isEqualTo(Files.getLastModifiedTime(source.resolve("empty")));
  }

  @Test
  void filesWhoseContentsComeMixedArriveWithoutAllBeingOpen() throws Exception {
    receive(
        stat("a", 0644, ""),
        stat("b", 0644, ""),
        data(0, "a1"),
        data(1, "b1"),
        data(0, "a2"),
        data(0, ""),
        data(1, "b2"),
        data(1, ""));

    assertThat(target.resolve("a")).hasContent("a1a2");
    assertThat(target.resolve("b")).hasContent("b1b2");
  }

  @Test
  void describedFilesAreNotOpen() throws Exception {
    Path descriptors = Path.of("/proc/self/fd");
    FileReceiver.receive(
        (_, engine) -> {
          for (int i = 0; i < 2000; i++) {
            engine.send(stat("f" + i, 0644, "").toByteArray());
          }
          try (var open = Files.list(descriptors)) {
            assertThat(open.count()).isLessThan(1000);
          }
        },
        Wish.allBut("context", List.of()),
        target);
  }

  @Test
  void whatIsExcludedDoesNotCome() throws Exception {
    Path source = Files.createDirectory(temp.resolve("source"));
    Files.writeString(source.resolve("kept"), "");
    Files.writeString(source.resolve("left"), "");

    FileReceiver.receive(serving(source), Wish.allBut("context", List.of("left")), target);

    try (var files = Files.list(target)) {
      assertThat(files).containsExactly(target.resolve("kept"));
    }
  }

  @Test
  void namesThatLeaveTheFolderAreRefused() {
    for (String name : List.of("../out", "/out", "a/../../out", "", ".", "nowhere/file")) {
      assertThatThrownBy(() -> receive(stat(name, 0644, "")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in no folder it sent");
    }
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @Test
  void nothingIsWrittenThroughALink() throws Exception {
    Path outside = Files.createDirectory(temp.resolve("outside"));

    assertThatThrownBy(
            () -> receive(stat("link", LINK, outside.toString()), stat("link/file", 0644, "")))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(
            () -> receive(stat("again", LINK, outside + "/file"), stat("again", 0644, "")))
        .isInstanceOf(IOException.class);

    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void contentThatNobodyAskedForIsRefused() {
    assertThatThrownBy(() ->
            receive(
                stat("folder", FOLDER, ""),
                Packet.newBuilder()
                    .setType(PacketType.PACKET_DATA)
                    .setID(0)
                    .setData(ByteString.copyFromUtf8("x"))
                    .build()))
        .hasMessageContaining("which is no file");
  }

  @Test
  void faultOfTheClientIsSaid() {
    assertThatThrownBy(() ->
            receive(
                Packet.newBuilder()
                    .setType(PacketType.PACKET_ERR)
                    .setData(ByteString.copyFromUtf8("cannot read a: denied"))
                    .build()))
        .hasMessage("cannot read a: denied");
  }

  private void receive(Packet... packets) throws IOException, InterruptedException {
    FileReceiver.receive(
        (_, engine) -> {
          for (Packet packet : packets) {
            engine.send(packet.toByteArray());
          }
        },
        Wish.allBut("context", List.of()),
        target);
  }

  private static Packet data(int id, String content) {
    return Packet.newBuilder()
        .setType(PacketType.PACKET_DATA)
        .setID(id)
        .setData(ByteString.copyFromUtf8(content))
        .build();
  }

  private static Packet stat(String path, int mode, String link) {
    return Packet.newBuilder()
        .setType(PacketType.PACKET_STAT)
        .setStat(Stat.newBuilder().setPath(path).setMode(mode).setLinkname(link))
        .build();
  }

  /** A client that serves a folder of this machine. */
  private static DirectoryFiles serving(Path source) {
    return (wish, engine) ->
        new FileSender(
                new FolderTree(source),
                new FileWish(wish.folder(), wish.include(), wish.exclude(), wish.follow()),
                new PacketChannel() {
                  @Override
                  public void send(Packet packet) throws IOException, InterruptedException {
                    engine.send(packet.toByteArray());
                  }

                  @Override
                  public Packet receive() throws IOException, InterruptedException {
                    return Packet.parseFrom(engine.receive());
                  }
                })
            .run();
  }
}
