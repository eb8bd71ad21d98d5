package dev.imagebuilder.it;

import static dev.imagebuilder.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.testing.Answer;
import dev.imagebuilder.testing.DebianRegistry;
import dev.imagebuilder.testing.FakeRegistry;
import dev.imagebuilder.testing.GitRepositories;
import dev.imagebuilder.testing.TemporaryFolder;
import dev.imagebuilder.testing.TestImages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A Dockerfile by somebody who means harm, with any engine. What its step finds it writes into its
 * image: the build's output would not show it, since secrets are taken out of that.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class UntrustedContract {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** What Docker gives to containers, by the bits of linux/capability.h. */
  private static final long USUAL_CAPABILITIES = 0xa80425fbL;

  /** Looks everywhere, and keeps what it finds in /report. */
  private static final String SPY =
      """
      RUN mkdir /report; cd /report; \\
        env >env; \\
        cat /proc/[0-9]*/environ >environments 2>/dev/null; \\
        cat /proc/[0-9]*/cmdline | tr '\\0' ' ' >commands; \\
        cat /proc/self/status >status; cat /proc/net/dev >network; cat /proc/net/unix >abstract; \\
        find / -path /proc -prune -o -type s -print >sockets 2>/dev/null; \\
        for path in $(cat /own/places); do [ -e $path ] && echo $path; done >reached; \\
        for pid in $(cat /own/processes); do kill -0 $pid 2>/dev/null && echo $pid; done >signalled; \\
        mkdir /mnt; mount -t tmpfs none /mnt 2>/dev/null && echo mounted >done; \\
        busybox mknod /disk b $(cat /own/disk) 2>/dev/null && dd if=/disk of=/dev/null count=1 2>/dev/null \\
          && echo read a disk >>done; \\
        (echo 0 >/proc/sys/kernel/sysrq) 2>/dev/null && echo set the kernel >>done; \\
        find / -path /proc -prune -o -path /sys -prune -o -path /report -prune -o -path /bin -prune \\
          -o -type f -size -256k -exec cat {} + >files 2>/dev/null; \\
        true
      """;

  private final String name;
  private final String token = "token-" + UUID.randomUUID();
  private TestedEngine engine;
  private TemporaryFolder folder;
  private Installation installation;
  private GitRepositories git;
  private FakeRegistry evil;
  private String base;

  /** Names the engine as the configuration does. */
  UntrustedContract(String name) {
    this.name = name;
  }

  @BeforeAll
  void install() throws IOException {
    engine = TestedEngine.start(name);
    Map<String, String> environment = new HashMap<>(engine.environment());
    environment.put("PLATFORM_TOKEN", token);
    folder = TemporaryFolder.named("untrusted");
    installation =
        Installation.startWith(
            name, Map.of("local", Map.of("network", "none", "maxParallelBuilds", 2)), environment);
    git = GitRepositories.open();
    evil = FakeRegistry.answering(Answer.nothing());
    installation
        .registry()
        .client()
        .withBasic(DebianRegistry.USER, DebianRegistry.PASSWORD)
        .push("busybox", "1", TestImages.busybox());
    base = installation.registry().domain() + "/busybox:1";
  }

  @AfterAll
  void uninstall() throws Exception {
    for (AutoCloseable part : new AutoCloseable[] {installation, git, evil, folder, engine}) {
      if (part != null) {
        part.close();
      }
    }
  }

  @Test
  void stepFindsNothingThatIsNotItsOwn() throws Exception {
    String neighbour = "neighbour-" + UUID.randomUUID();
    String step = "sleep " + ThreadLocalRandom.current().nextInt(10_000_000, 100_000_000);
    commit("neighbour", "COPY . /own\nRUN cat /own/*; " + step + "\n", Map.of("mark", neighbour));
    var _ = installation.api().build(Requests.build(source("neighbour", "Dockerfile")));
    eventually(SOON, () -> assertThat(Installation.processesNaming(step)).isNotEmpty());
    commit("spy", "COPY . /own\n" + SPY, targets());

    Watched watched = Watched.build(installation, Requests.build(source("spy", "Dockerfile")));

    assertThat(watched.succeeded()).as(watched.last().getMessage()).isTrue();
    Map<String, String> report = report(watched.last().getRef());
    assertThat(Installation.processesNaming(step)).as("the neighbour runs").isNotEmpty();
    assertThat(report)
        .containsKeys("env", "environments", "commands", "status", "files", "sockets", "network");
    assertNothingOfOthers(report, List.of(neighbour, step));
    assertNoWayOut(report);
  }

  private void assertNothingOfOthers(Map<String, String> report, List<String> neighbours) {
    String login = DebianRegistry.USER + ":" + DebianRegistry.PASSWORD;
    String basic = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    assertThat(report.get("env")).contains("PATH=");
    assertThat(report.get("files")).contains(installation.dataFolder().toString());
    assertThat(report.get("commands")).contains("mkdir /report");
    assertThat(report.values())
        .allSatisfy(found ->
            assertThat(found)
                .doesNotContain(token, DebianRegistry.PASSWORD, basic)
                .doesNotContain(neighbours));
    assertThat(report.get("commands"))
        .doesNotContain("java", "buildkitd", "dockerd", "containerd", "buildah");
    assertThat(report.get("reached")).isEmpty();
    assertThat(report.get("signalled")).isEmpty();
  }

  private static void assertNoWayOut(Map<String, String> report) {
    assertThat(report.getOrDefault("sockets", "").lines())
        // BuildKit puts it there; it takes in traces and nothing else.
        .allMatch(socket -> socket.equals("/dev/otel-grpc.sock"));
    assertThat(report.getOrDefault("abstract", "").lines()).hasSize(1);
    assertThat(
            report
                .getOrDefault("network", "")
                .lines()
                .filter(line -> line.contains(":"))
                .map(String::strip))
        .allMatch(line -> line.startsWith("lo:"));
    assertThat(report).doesNotContainKey("done");
    assertThat(capabilities(report.getOrDefault("status", "")))
        .isNotEmpty()
        .allSatisfy(
            (set, bits) -> assertThat(bits & ~USUAL_CAPABILITIES).as(set + " %x", bits).isZero());
  }

  @Test
  void privilegesAreRefused() throws IOException {
    for (String flag : List.of("--security=insecure", "--network=host")) {
      String mark = "mark-" + UUID.randomUUID();
      commit("privileged", "RUN " + flag + " echo $((1+1))" + mark + "\n", Map.of());

      Watched watched =
          Watched.build(installation, Requests.build(source("privileged", "Dockerfile")));

      assertThat(watched.succeeded()).as(flag).isFalse();
      assertThat(watched.last().getMessage())
          .startsWith("build failed: ")
          .contains(flag.substring(2, flag.indexOf('=')));
      String log = Watched.log(installation, watched.last().getInfo().getBuildId());
      assertThat(log).doesNotContain("2" + mark);
    }
  }

  @Test
  void frontendsThatAreNotAllowedAreRefusedBeforeAnythingRuns() throws IOException {
    String name = evil.domain() + "/evil/frontend:1";
    Map<String, String> files = new LinkedHashMap<>();
    files.put("plain", "# syntax=" + name);
    files.put("mark", "\uFEFF#syntax=" + name);
    files.put("shebang", "#!/usr/bin/env docker\n# syntax = " + name + " and=more");
    files.put("later", "# escape=`\n# check=skip=all\n# SYNTAX=" + name);
    files.put("second", "# syntax=docker/dockerfile:1\n# syntax=" + name);
    files.put("slashes", "// syntax=" + name);
    files.put("json", "{\"syntax\": \"" + name + "\"}");
    files.put("escaped", "{\"\\u0073yntax\": \"" + name + "\"}");
    files.put("unseen", "# check=\u00c5\n# syntax=" + name);
    files.replaceAll((_, head) -> head + "\nFROM " + base + "\nRUN echo ran\n");
    git.commit("frontends", files);

    for (String file : files.keySet()) {
      Watched watched = Watched.build(installation, Requests.build(source("frontends", file)));

      assertThat(watched.succeeded()).as(file).isFalse();
      assertThat(watched.last().getMessage())
          .as(file)
          .startsWith("build failed: ")
          .contains("is not allowed here");
    }
    assertThat(evil.requests()).isEmpty();
  }

  @Test
  void argumentCannotNameAFrontend() throws Exception {
    commit("argument", "RUN true\n", Map.of());
    Program.Result built =
        installation.client(
            "build",
            git.url("argument") + "#main",
            "--build-arg",
            "BUILDKIT_SYNTAX=" + evil.domain() + "/evil/frontend:1");

    assertThat(built.code()).isEqualTo(1);
    assertThat(built.err()).contains("BUILDKIT_SYNTAX", "not allowed");
    assertThat(evil.requests()).isEmpty();
  }

  /** The files of the folder /report in an image. */
  private Map<String, String> report(String reference) throws Exception {
    return new Skopeo(folder.path())
        .files(reference).entrySet().stream()
            .filter(file -> file.getKey().startsWith("report/"))
            .collect(
                Collectors.toMap(
                    file -> file.getKey().substring("report/".length()), Map.Entry::getValue));
  }

  /** What the spy tries to get at: it knows where to look. */
  private Map<String, String> targets() throws IOException {
    List<Object> places = new ArrayList<>(engine.places(installation));
    places.addAll(List.of(installation.dataFolder(), installation.home(), folder.path()));
    List<Object> processes = new ArrayList<>(engine.processes(installation));
    processes.add(installation.process().pid());
    long disk = (long) Files.getAttribute(Path.of("/"), "unix:dev");
    return Map.of(
        "places", words(places),
        "processes", words(processes),
        "disk", ((disk >> 8) & 0xfff) + " " + ((disk & 0xff) | ((disk >> 12) & 0xfff00)));
  }

  private static String words(List<Object> words) {
    return words.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static Map<String, Long> capabilities(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("Cap"))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.indexOf(':')),
                line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip(), 16)));
  }

  private void commit(String repository, String dockerfile, Map<String, String> more)
      throws IOException {
    Map<String, String> files = new HashMap<>(more);
    files.put("Dockerfile", "FROM " + base + "\n" + dockerfile);
    git.commit(repository, files);
  }

  private BuildSource source(String repository, String dockerfile) {
    return Requests.dockerfile(Requests.git(git.url(repository)).build(), dockerfile);
  }
}
