package dev.imagebuilder.devgit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitRepositoryTest {
  @TempDir Path temp;

  @Test
  void equalFoldersGiveEqualCommits() throws IOException {
    Path folder = temp.resolve("folder");
    Files.createDirectories(folder.resolve("sub"));
    Files.writeString(folder.resolve("Dockerfile"), "FROM scratch\n");
    Files.writeString(folder.resolve("sub/run.sh"), "#!/bin/sh\n");
    assertThat(folder.resolve("sub/run.sh").toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(folder.resolve("link"), Path.of("sub/run.sh"));

    String first = replace("one.git", folder);
    String again = replace("one.git", folder);
    String elsewhere = replace("two.git", folder);

    assertThat(List.of(again, elsewhere)).containsOnly(first);
  }

  @Test
  void anotherModeIsAnotherCommit() throws IOException {
    try (GitRepository repository = GitRepository.bare(temp.resolve("modes.git"))) {
      String plain = repository.replace("main", "m", List.of(GitEntry.file("a", "x")));
      String executable = repository.replace("main", "m", List.of(GitEntry.executable("a", "x")));
      String link = repository.replace("main", "m", List.of(GitEntry.symlink("a", "x")));

      assertThat(List.of(plain, executable, link)).doesNotHaveDuplicates();
    }
  }

  @Test
  void gitFolderItselfIsLeftOut() throws IOException {
    Files.createDirectories(temp.resolve("w/.git"));
    Files.writeString(temp.resolve("w/.git/HEAD"), "x");
    Files.writeString(temp.resolve("w/.gitignore"), "x");

    assertThat(GitEntry.allBelow(temp.resolve("w")))
        .extracting(GitEntry::path)
        .containsExactly(".gitignore");
  }

  private String replace(String name, Path folder) throws IOException {
    try (GitRepository repository = GitRepository.bare(temp.resolve(name))) {
      return repository.replace("main", "the example", GitEntry.allBelow(folder));
    }
  }
}
