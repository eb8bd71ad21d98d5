package dev.imagebuilder.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.imagebuilder.core.BuildEvent;
import dev.imagebuilder.core.BuildOutcome;
import dev.imagebuilder.core.Digest;
import dev.imagebuilder.testing.Peers;
import dev.imagebuilder.testing.TlsFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An independent client that knows the API from reflection alone. */
final class GrpcurlIT {
  private final FakeBuilds builds = new FakeBuilds();
  private Path grpcurl;
  private ServiceProcess service;

  @TempDir private Path folder;

  @BeforeEach
  void start() throws Exception {
    grpcurl =
        Peers.require("grpcurl", "go install github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3");
    service = TestService.start((_, _) -> builds);
    FakeBuild build = builds.add();
    build.print("hello\n");
    build.to(new BuildEvent.Finished(new BuildOutcome.Succeeded(Digest.of(new byte[] {1}))));
  }

  @AfterEach
  void stop() {
    if (service != null) {
      service.close();
    }
  }

  @Test
  @Tag("row-127")
  void servicesAreListedAndDescribed() throws Exception {
    assertThat(run("", "list").lines()).contains("builder.ImageBuilder", "grpc.health.v1.Health");
    assertThat(run("", "describe", "builder.ImageBuilder"))
        .contains("rpc Build ( .builder.BuildRequest ) returns ( stream .builder.BuildResponse )");
    assertThat(run("", "describe", "builder.BuildSourceDockerfile"))
        .contains(".contentservice.WorkspaceInitializer source = 1");
    assertThat(run("", "describe", "contentservice.GitInitializer")).contains("clone_taget = 4");
  }

  @Test
  @Tag("row-127")
  void everyMethodCanBeCalled() throws Exception {
    String source = "{\"source\": {\"ref\": {\"ref\": \"alpine\"}}}";

    assertThat(run("{\"ref\": \"alpine\"}", "builder.ImageBuilder/ResolveBaseImage"))
        .contains("alpine@resolved");
    assertThat(run(source, "builder.ImageBuilder/ResolveWorkspaceImage")).contains("\"ws\"");
    assertThat(run(source, "builder.ImageBuilder/Build")).contains("running", "done_success");
    assertThat(run("{\"build_ref\": \"" + FakeBuild.REF + "\"}", "builder.ImageBuilder/Logs"))
        .contains("aGVsbG8K");
    assertThat(run("{}", "builder.ImageBuilder/ListBuilds").strip()).isEqualTo("{}");
    assertThat(run("{}", "grpc.health.v1.Health/Check")).contains("SERVING");
  }

  @Test
  @Tag("row-148")
  void subassembliesAreNotServed() throws Exception {
    assertThat(run("{}", "builder.SubassemblyService/GetSubassembly"))
        .contains("does not expose service");
  }

  @Test
  @Tag("row-129")
  @Tag("row-130")
  void tlsWantsACertificateOfBothSides() throws Exception {
    TlsFiles.make(folder);
    TlsFiles.issue(folder, "image-builder-mk3");
    TlsFiles.issue(folder, "ws-manager");
    service.close();
    service = TestService.start(TestService.tls(folder, "image-builder-mk3"), builds);
    List<String> anonymous =
        List.of(
            "-cacert",
            file(TlsFiles.AUTHORITY),
            "-authority",
            "image-builder-mk3",
            "-connect-timeout",
            "3");
    List<String> known = new ArrayList<>(anonymous);
    known.addAll(List.of("-cert", file("ws-manager.crt"), "-key", file("ws-manager.key")));

    assertThat(run(known, "{}", "grpc.health.v1.Health/Check")).contains("SERVING");
    assertThat(run(anonymous, "{}", "grpc.health.v1.Health/Check")).contains("Failed to dial");
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private String run(String data, String... what) throws Exception {
    return run(List.of("-plaintext"), data, what);
  }

  private String run(List<String> security, String data, String... what) throws Exception {
    List<String> line = new ArrayList<>(List.of(grpcurl.toString()));
    line.addAll(security);
    if (!data.isEmpty()) {
      line.addAll(List.of("-d", data));
    }
    line.add("127.0.0.1:" + service.grpcAddress().getPort());
    line.addAll(List.of(what));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return output;
  }
}
