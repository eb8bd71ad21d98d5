package dev.imagebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.devgit.GitEntry;
import dev.imagebuilder.devgit.GitHttpServer;
import dev.imagebuilder.devgit.GitRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GitRemoteIT {
  @TempDir private Path folder = Path.of("");
  private String first = "";
  private String second = "";

  @BeforeEach
  void makeRepository() throws IOException {
    try (GitRepository repository = GitRepository.bare(folder.resolve("app.git"))) {
      first = repository.commit("main", "first", List.of(GitEntry.file("Dockerfile", "FROM a")));
      second = repository.commit("dev", "second", List.of(GitEntry.file("Dockerfile", "FROM b")));
      repository.tag("v1", first);
    }
  }

  @Test
  void namesBecomeCommits() throws Exception {
    try (GitHttpServer server = GitHttpServer.start(folder, 0)) {
      String url = server.url("app").toString();

      assertThat(commitOf(url, "", GitLogin.NONE)).isEqualTo(first);
      assertThat(commitOf(url, "dev", GitLogin.NONE)).isEqualTo(second);
      assertThat(commitOf(url, "v1", GitLogin.NONE)).isEqualTo(first);
      assertThat(commitOf(url, "refs/heads/dev", GitLogin.NONE)).isEqualTo(second);
      assertThat(commitOf(url, second, GitLogin.NONE)).isEqualTo(second);
    }
  }

  @Test
  void nameThatIsNotThereIsSaid() throws Exception {
    try (GitHttpServer server = GitHttpServer.start(folder, 0)) {
      String url = server.url("app").toString();

      assertThatThrownBy(() -> commitOf(url, "gone", GitLogin.NONE))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("no branch or tag \"gone\"");
      assertThatThrownBy(() -> commitOf(server.url("other").toString(), "", GitLogin.NONE))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("other.git");
    }
  }

  @Test
  void closedRemoteWantsALogin() throws Exception {
    GitHttpServer.Login login = new GitHttpServer.Login("anna", "s3cret:x");
    try (GitHttpServer server = GitHttpServer.start(folder, 0, login)) {
      String url = server.url("app").toString();

      assertThat(commitOf(url, "main", new GitLogin("anna", Secret.of("s3cret:x"))))
          .isEqualTo(first);
      assertThatThrownBy(() -> commitOf(url, "main", GitLogin.NONE))
          .hasMessageContaining("--git-user");
      assertThatThrownBy(() -> commitOf(url, "main", new GitLogin("anna", Secret.of("wrong-pw"))))
          .hasMessageContaining("--git-user")
          .hasMessageNotContaining("wrong-pw");
    }
  }

  private static String commitOf(String url, String ref, GitLogin login) throws CommandFailure {
    return GitRemote.commitOf(new Source.Git(url, ref, ""), login);
  }
}
