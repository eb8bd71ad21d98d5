package dev.imagebuilder.buildkit.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.testing.TemporaryFolder;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FolderTreeTest {
  private TemporaryFolder folder;
  private Path root;

  @BeforeEach
  void make() throws IOException {
    folder = TemporaryFolder.named("tree");
    root = folder.path();
  }

  @AfterEach
  void remove() throws IOException {
    folder.close();
  }

  @Test
  void entriesComeFolderByFolderInTheOrderOfTheirBytes() throws Exception {
    files("b", "a/z", "a.txt", "a-b/x", "\uD83D\uDE00", "\uFB00", "Z");

    assertThat(visited(List.of(), List.of(), List.of()))
        .containsExactly("Z", "a", "a/z", "a-b", "a-b/x", "a.txt", "b", "\uFB00", "\uD83D\uDE00");
  }

  @Test
  void excludedFoldersComeOnlyWithWhatIsExceptedInThem() throws Exception {
    files("docs/a", "docs/keep/b", "docs/other/c", "src/d");

    assertThat(visited(List.of(), List.of("docs", "!docs/keep"), List.of()))
        .containsExactly("docs", "docs/keep", "docs/keep/b", "src", "src/d");
    assertThat(visited(List.of(), List.of("*", "!src/*"), List.of()))
        .containsExactly("src", "src/d");
    assertThat(visited(List.of(), List.of("**"), List.of())).isEmpty();
  }

  @Test
  void includedPathsComeWithTheFoldersAboveThem() throws Exception {
    files("a/b/c", "a/b/d", "e");

    assertThat(visited(List.of("a/b/c"), List.of(), List.of()))
        .containsExactly("a", "a/b", "a/b/c");
    assertThat(visited(List.of("a/*/d"), List.of(), List.of()))
        .containsExactly("a", "a/b", "a/b/d");
    assertThat(visited(List.of("nothing"), List.of(), List.of())).isEmpty();
  }

  @Test
  void followedPathsComeWithWhatTheirLinksLeadTo() throws Exception {
    files("real/file", "other/x", "top");
    link("link", "real");
    link("real/up", "../other");
    link("absolute", "/top");

    assertThat(visited(List.of(), List.of(), List.of("link/file")))
        .containsExactly("link", "real", "real/file");
    assertThat(visited(List.of(), List.of(), List.of("link/up/x")))
        .containsExactly("link", "other", "other/x", "real", "real/up");
    assertThat(visited(List.of(), List.of(), List.of("abs*"))).containsExactly("absolute", "top");
    assertThat(visited(List.of(), List.of(), List.of("/"))).hasSize(8);
  }

  @Test
  void linksThatLeadOutOrInCirclesLeadNowhere() throws Exception {
    files("in");
    link("out", "../../../../../../etc/passwd");
    link("a", "b");
    link("b", "a");
    link("grows", "grows/x");
    link("dangling", "nowhere");

    assertThat(visited(List.of(), List.of(), List.of("out", "a/x", "grows", "dangling")))
        .containsExactly("a", "b", "dangling", "grows", "out");
    assertThat(visited(List.of(), List.of(), List.of())).contains("out", "a", "dangling");
  }

  @Test
  void linksAreDescribedAndNeverOpened() throws Exception {
    link("secret", "/etc/passwd");

    assertThat(entries(List.of(), List.of(), List.of()).getFirst().link()).isEqualTo("/etc/passwd");
    assertThatThrownBy(() -> new FolderTree(root).open("secret"))
        .isInstanceOf(ContextException.class)
        .hasMessageContaining("secret");
  }

  @Test
  void modesAreThoseOfGo() throws Exception {
    files("plain", "folder/x");
    link("link", "plain");
    Files.setPosixFilePermissions(
        root.resolve("plain"), PosixFilePermissions.fromString("rwxr-x--x"));
    Files.setPosixFilePermissions(
        root.resolve("folder"), PosixFilePermissions.fromString("rwx------"));

    List<FileEntry> entries = entries(List.of(), List.of(), List.of());

    assertThat(entries.get(0).goMode()).isEqualTo(1 << 31 | 0700);
    assertThat(entries.get(2).goMode()).isEqualTo(1 << 27 | 0777);
    assertThat(entries.get(3).goMode()).isEqualTo(0751);
    assertThat(new FileEntry("x", 0106755, 0, 0, "").goMode()).isEqualTo(1 << 23 | 1 << 22 | 0755);
    assertThat(new FileEntry("x", 0041777, 0, 0, "").goMode()).isEqualTo(1 << 31 | 1 << 20 | 0777);
    assertThat(new FileEntry("x", 0010644, 0, 0, "").goMode()).isEqualTo(1 << 25 | 0644);
  }

  @Test
  void socketsAreLeftOut() throws Exception {
    files("x");
    try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(root.resolve("socket")));

      assertThat(visited(List.of(), List.of(), List.of())).containsExactly("x");
    }
    Files.delete(root.resolve("socket"));
  }

  private void files(String... paths) throws IOException {
    for (String path : paths) {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, path);
    }
  }

  private void link(String path, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(path), Path.of(target));
  }

  private List<String> visited(List<String> include, List<String> exclude, List<String> follow)
      throws Exception {
    return entries(include, exclude, follow).stream().map(FileEntry::path).toList();
  }

  private List<FileEntry> entries(List<String> include, List<String> exclude, List<String> follow)
      throws Exception {
    List<FileEntry> entries = new ArrayList<>();
    new FolderTree(root).visit(new FileWish("x", include, exclude, follow), entries::add);
    return entries;
  }
}
