package dev.imagebuilder.pipeline.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildFailedException;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.FailureReason;
import dev.imagebuilder.core.GitSource;
import dev.imagebuilder.core.GitSource.CloneMode;
import dev.imagebuilder.core.GitSource.GitLogin;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.devgit.GitEntry;
import dev.imagebuilder.net.Network;
import dev.imagebuilder.pipeline.Recorder;
import dev.imagebuilder.testing.GitRepositories;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GitSourcesIT {
  private static final GitLogin LOGIN = new GitLogin("alice", Secret.of("p:w@d"));

  @TempDir private Path workspace;
  private GitRepositories open;
  private final GitSources sources = new GitSources(GitOptions.defaults(), Network.ofJdk());

  @BeforeEach
  void serve() throws IOException {
    open = GitRepositories.open();
  }

  @AfterEach
  void close() throws IOException {
    open.close();
  }

  @Test
  void defaultBranchIsCheckedOutWithoutHistory() throws Exception {
    open.commit("app", Map.of("a", "old"));
    String head = open.commit("app", Map.of("a", "new", "dir/b", "b"));

    String commit = fetch(source("app", CloneMode.REMOTE_HEAD, ""));

    assertThat(commit).isEqualTo(head);
    assertThat(workspace.resolve("a")).hasContent("new");
    assertThat(workspace.resolve("dir/b")).hasContent("b");
    assertThat(workspace.resolve(".git/shallow")).exists();
    assertThat(workspace.resolve(".git/HEAD")).hasContent("ref: refs/heads/main\n");
  }

  @Test
  void branchTagAndCommitAreFound() throws Exception {
    String first = open.commit("app", Map.of("a", "1"));
    String other = open.commit("app", "feature/x", List.of(GitEntry.file("a", "2")));
    open.tag("app", "v1", first);
    open.commit("app", Map.of("a", "3"));

    assertThat(fetch(source("app", CloneMode.REMOTE_BRANCH, "feature/x"), "1")).isEqualTo(other);
    assertThat(fetch(source("app", CloneMode.REMOTE_BRANCH, "v1"), "2")).isEqualTo(first);
    assertThat(fetch(source("app", CloneMode.REMOTE_COMMIT, first), "3")).isEqualTo(first);
    assertThat(fetch(source("app", CloneMode.REMOTE_COMMIT, first.substring(0, 9)), "4"))
        .isEqualTo(first);
    assertThat(fetch(source("app", CloneMode.LOCAL_BRANCH, "mine"), "5")).isNotEqualTo(first);
    assertThat(workspace.resolve("5/.git/HEAD")).hasContent("ref: refs/heads/mine\n");
  }

  @Test
  void fullCloneHasAllCommits() throws Exception {
    String first = open.commit("app", Map.of("a", "1"));
    open.commit("app", Map.of("a", "2"));
    GitSource source =
        new GitSource(
            open.url("app"), "", CloneMode.REMOTE_COMMIT, first, ".", true, GitLogin.NONE);

    assertThat(fetch(source)).isEqualTo(first);

    assertThat(workspace.resolve(".git/shallow")).doesNotExist();
  }

  @Test
  void submodulesComeAlongOneInTheOther() throws Exception {
    String inner = open.commit("inner", Map.of("deep", "deep"));
    String middle =
        open.commit(
            "middle",
            "main",
            List.of(
                GitEntry.file(".gitmodules", module("in", open.url("inner"))),
                GitEntry.submodule("in", inner)));
    open.commit(
        "app",
        "main",
        List.of(
            GitEntry.file(".gitmodules", module("sub/mid", "../middle.git")),
            GitEntry.submodule("sub/mid", middle)));

    fetch(source("app", CloneMode.REMOTE_HEAD, ""));

    assertThat(workspace.resolve("sub/mid/in/deep")).hasContent("deep");
  }

  @Test
  void submoduleOfAnotherSchemeIsRefused() throws Exception {
    String any = open.commit("other", Map.of("x", "x"));
    for (String url : List.of("file:///etc", "ext::sh -c id", "ssh://git@host/x", "-u./x")) {
      open.commit(
          "app",
          "main",
          List.of(
              GitEntry.file(".gitmodules", module("sub", url)), GitEntry.submodule("sub", any)));

      Failed failed = failure(source("app", CloneMode.REMOTE_HEAD, ""), url.substring(0, 3));

      assertThat(failed.reason()).isEqualTo(FailureReason.SOURCE_DENIED);
      assertThat(failed.message()).contains("submodule sub");
    }
  }

  @Test
  void loginOpensAPrivateRepositoryAndIsWrittenNowhere() throws Exception {
    try (var closed = GitRepositories.withPassword("alice", "p:w@d")) {
      String head = closed.commit("app", Map.of("a", "1"));
      var recorder = new Recorder();
      var source =
          new GitSource(closed.url("app"), "", CloneMode.REMOTE_HEAD, "", "", false, LOGIN);

      assertThat(sources.fetch(source, workspace, recorder)).isEqualTo(head);

      assertThat(contentsOf(workspace)).noneMatch(text -> text.contains("p:w@d"));
      assertThat(recorder.text()).doesNotContain("p:w@d").contains(closed.url("app"));
    }
  }

  @Test
  void loginInTheUrlIsUsedButNotKept() throws Exception {
    try (var closed = GitRepositories.withPassword("alice", "p:w@d")) {
      String head = closed.commit("app", Map.of("a", "1"));
      String url = closed.url("app").replace("http://", "http://alice:p%3Aw%40d@");
      var source = new GitSource(url, "", CloneMode.REMOTE_HEAD, "", "", false, GitLogin.NONE);

      assertThat(sources.fetch(source, workspace, new Recorder())).isEqualTo(head);

      assertThat(contentsOf(workspace)).noneMatch(text -> text.contains("p%3Aw"));
    }
  }

  @Test
  void wrongPasswordAndNoPasswordAreDenied() throws Exception {
    try (var closed = GitRepositories.withPassword("alice", "right")) {
      closed.commit("app", Map.of("a", "1"));
      for (GitLogin login : List.of(LOGIN, GitLogin.NONE)) {
        var source =
            new GitSource(closed.url("app"), "", CloneMode.REMOTE_HEAD, "", "", false, login);

        Failed failed = failure(source, login.user() + "x");

        assertThat(failed.reason()).isEqualTo(FailureReason.SOURCE_DENIED);
        assertThat(failed.text()).contains("401").doesNotContain("p:w@d");
      }
    }
  }

  @Test
  void loginIsNotShownToAnotherServersSubmodule() throws Exception {
    try (var closed = GitRepositories.withPassword("alice", "p:w@d");
        var stranger = GitRepositories.withPassword("alice", "p:w@d")) {
      String inner = stranger.commit("inner", Map.of("x", "x"));
      closed.commit(
          "app",
          "main",
          List.of(
              GitEntry.file(".gitmodules", module("sub", stranger.url("inner"))),
              GitEntry.submodule("sub", inner)));
      var source =
          new GitSource(closed.url("app"), "", CloneMode.REMOTE_HEAD, "", "", false, LOGIN);

      Failed failed = failure(source, "y");

      assertThat(failed.reason()).isEqualTo(FailureReason.SOURCE_DENIED);
      assertThat(failed.message()).contains(stranger.url("inner"));
    }
  }

  @Test
  void missingThingsAreNamed() throws Exception {
    open.commit("app", Map.of("a", "1"));
    String nobody = "0123456789012345678901234567890123456789";

    assertThat(failure(source("app", CloneMode.REMOTE_BRANCH, "none"), "1").message())
        .contains("branch \"none\" is not in");
    assertThat(failure(source("app", CloneMode.REMOTE_COMMIT, nobody), "2").message())
        .contains("commit \"" + nobody + "\" is not in");
    assertThat(failure(source("nothing", CloneMode.REMOTE_HEAD, ""), "3").message())
        .contains("repository not found");
    assertThat(failure(source("app", CloneMode.REMOTE_BRANCH, "-x"), "4").message())
        .contains("not a valid one");
  }

  @Test
  void largerThanAllowedIsRefused() throws Exception {
    open.commit("app", Map.of("a", "x".repeat(5000), "b", "y"));
    GitOptions few =
        new GitOptions(
            GitPolicy.defaults(), Duration.ofSeconds(5), Duration.ofSeconds(5), 4000, 10);
    var strict = new GitSources(few, Network.ofJdk());

    assertThat(failure(strict, source("app", CloneMode.REMOTE_HEAD, ""), "1").message())
        .contains("4000 bytes");
  }

  @Test
  void silentServerEndsInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      GitOptions quick =
          new GitOptions(
              GitPolicy.defaults(), Duration.ofSeconds(1), Duration.ofMillis(300), 4000, 10);
      var impatient = new GitSources(quick, Network.ofJdk());
      var source = sourceAt("http://127.0.0.1:" + silent.getLocalPort() + "/x.git");

      assertThat(failure(impatient, source, "1").message()).contains("no answer in time");
    }
  }

  @Test
  void interruptEndsAFetchThatWaits() throws Exception {
    try (ServerSocket silent = new ServerSocket(0);
        ExecutorService threads = Executors.newFixedThreadPool(1)) {
      var source = sourceAt("http://127.0.0.1:" + silent.getLocalPort() + "/x.git");
      Future<?> running =
          threads.submit(() -> sources.fetch(source, workspace, new Recorder()));
      silent.accept();

      threads.shutdownNow();

      assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
      assertThat(running.state()).isEqualTo(Future.State.FAILED);
      assertThat(running.exceptionNow()).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void symlinksAreKeptAndHooksDoNotRun() throws Exception {
    open.commit(
        "app",
        "main",
        List.of(
            GitEntry.symlink("link", "../../etc/passwd"),
            GitEntry.executable("hooks/post-checkout", "#!/bin/sh\ntouch " + workspace + "/ran"),
            GitEntry.file(".gitattributes", "* filter=evil\n"),
            GitEntry.file("a", "a")));

    fetch(source("app", CloneMode.REMOTE_HEAD, ""));

    assertThat(workspace.resolve("link")).isSymbolicLink();
    assertThat(workspace.resolve("ran")).doesNotExist();
  }

  private GitSource source(String repository, CloneMode mode, String target) {
    return new GitSource(open.url(repository), "", mode, target, ".", false, GitLogin.NONE);
  }

  private static GitSource sourceAt(String url) {
    return new GitSource(url, "", CloneMode.REMOTE_HEAD, "", "", false, GitLogin.NONE);
  }

  private String fetch(GitSource source) throws Exception {
    return sources.fetch(source, workspace, new Recorder());
  }

  private String fetch(GitSource source, String folder) throws Exception {
    return sources.fetch(
        source, Files.createDirectory(workspace.resolve(folder)), new Recorder());
  }

  private Failed failure(GitSource source, String folder) throws Exception {
    return failure(sources, source, folder);
  }

  private Failed failure(GitSources by, GitSource source, String folder) throws Exception {
    try {
      by.fetch(source, Files.createDirectory(workspace.resolve(folder)), new Recorder());
      throw new AssertionError("fetched " + source.remoteUri());
    } catch (BuildFailedException e) {
      return e.failure();
    }
  }

  private static String module(String path, String url) {
    return "[submodule \"../../evil\"]\n\tpath = " + path + "\n\turl = " + url + "\n";
  }

  private static List<String> contentsOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(
              file -> {
                try {
                  return new String(
                      Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .toList();
    }
  }
}
