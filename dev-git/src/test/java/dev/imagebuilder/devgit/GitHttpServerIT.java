package dev.imagebuilder.devgit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.ObjectDatabase;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitHttpServerIT {
  @TempDir Path temp;
  private String first = "";
  private String second = "";

  @BeforeEach
  void makeRepository() throws IOException {
    try (GitRepository repository = GitRepository.bare(temp.resolve("repos/app.git"))) {
      first = repository.commit("main", "one", List.of(GitEntry.file("a.txt", "1\n")));
      second =
          repository.commit(
              "main",
              "two",
              List.of(
                  GitEntry.file("a.txt", "2\n"),
                  GitEntry.executable("bin/run", "#!/bin/sh\n"),
                  GitEntry.symlink("link", "a.txt")));
    }
  }

  @Test
  void gitClonesWithEveryProtocolVersion() throws Exception {
    try (GitHttpServer server = GitHttpServer.start(temp.resolve("repos"), 0)) {
      for (String version : List.of("0", "1", "2")) {
        String clone = "clone" + version;

        git("-c", "protocol.version=" + version, "clone", server.url("app").toString(), clone);

        assertThat(git("-C", clone, "rev-parse", "HEAD")).isEqualTo(second);
        assertThat(Files.isExecutable(temp.resolve(clone, "bin/run"))).isTrue();
        assertThat(Files.readSymbolicLink(temp.resolve(clone, "link"))).hasToString("a.txt");
      }
    }
  }

  @Test
  void shallowCloneHasOneCommit() throws Exception {
    try (GitHttpServer server = GitHttpServer.start(temp.resolve("repos"), 0)) {
      git("clone", "--depth", "1", server.url("app").toString(), "shallow");

      assertThat(git("-C", "shallow", "rev-list", "--count", "HEAD")).isEqualTo("1");
    }
  }

  @Test
  void olderCommitCanBeFetchedByItsId() throws Exception {
    try (GitHttpServer server = GitHttpServer.start(temp.resolve("repos"), 0)) {
      git("init", "-q", "byId");

      git("-C", "byId", "fetch", "--depth", "1", server.url("app").toString(), first);

      assertThat(git("-C", "byId", "rev-parse", "FETCH_HEAD")).isEqualTo(first);
    }
  }

  @Test
  void jgitFetchesOneCommitByItsIdWithPassword() throws Exception {
    var login = new GitHttpServer.Login("tester", "s3cret:with-colon");
    try (GitHttpServer server = GitHttpServer.start(temp.resolve("repos"), 0, login);
        Git git = Git.init().setDirectory(temp.resolve("jgit").toFile()).call()) {

      git.fetch()
          .setRemote(server.url("app").toString())
          .setCredentialsProvider(
              new UsernamePasswordCredentialsProvider(login.user(), login.password()))
          .setDepth(1)
          .setRefSpecs(new RefSpec(first))
          .call();

      ObjectDatabase objects = git.getRepository().getObjectDatabase();
      assertThat(objects.has(ObjectId.fromString(first))).isTrue();
      assertThat(objects.has(ObjectId.fromString(second))).isFalse();
    }
  }

  @Test
  void manyRefsMakeAZippedRequestAndAreFetched() throws Exception {
    try (GitRepository repository = GitRepository.bare(temp.resolve("repos/app.git"))) {
      for (int i = 0; i < 200; i++) {
        repository.commit("branch" + i, "b" + i, List.of(GitEntry.file("n", "" + i)));
      }
    }
    try (GitHttpServer server = GitHttpServer.start(temp.resolve("repos"), 0)) {
      git("clone", "-q", server.url("app").toString(), "many");

      assertThat(git("-C", "many", "branch", "-r").lines()).hasSize(202);
    }
  }

  @Test
  void wrongPasswordIsRefused() throws Exception {
    var login = new GitHttpServer.Login("tester", "right");
    try (GitHttpServer server = GitHttpServer.start(temp.resolve("repos"), 0, login)) {
      URI refs = URI.create(server.url("app") + "/info/refs?service=git-upload-pack");

      assertThat(get(refs)).isEqualTo(401);
      assertThat(login.toString()).doesNotContain("right");
    }
  }

  @Test
  void whatIsNoRepositoryOfTheFolderIsNotFound() throws Exception {
    Files.createSymbolicLink(temp.resolve("repos/out.git"), temp.resolve("secret.git"));
    GitRepository.bare(temp.resolve("secret.git")).close();
    try (GitHttpServer server = GitHttpServer.start(temp.resolve("repos"), 0)) {
      String suffix = ".git/info/refs?service=git-upload-pack";
      for (String name : List.of("none", "..%2fsecret", "../secret", "out", "app.git/..")) {
        assertThat(get(URI.create(server.address() + "/" + name + suffix))).isEqualTo(404);
      }
      assertThat(get(URI.create(server.url("app") + "/HEAD"))).isEqualTo(404);
    }
  }

  @Test
  void pushIsRefused() throws Exception {
    try (GitHttpServer server = GitHttpServer.start(temp.resolve("repos"), 0)) {
      URI refs = URI.create(server.url("app") + "/info/refs?service=git-receive-pack");

      assertThat(get(refs)).isEqualTo(403);
    }
  }

  private static int get(URI uri) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(uri).build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  /** Runs git in the temporary folder without the user's configuration; gives what it printed. */
  private String git(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    Path log = Files.createTempFile(temp, "git", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(temp.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("HOME", temp.toString());
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    Process process = start(builder);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String printed = Files.readString(log).strip();
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      if ("true".equals(System.getenv("CI"))) {
        throw new UncheckedIOException(e);
      }
      return Assumptions.abort("git is missing: apt-get install git");
    }
  }
}
