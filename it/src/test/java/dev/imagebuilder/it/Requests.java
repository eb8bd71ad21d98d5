package dev.imagebuilder.it;

import dev.imagebuilder.proto.builder.BuildRegistryAuth;
import dev.imagebuilder.proto.builder.BuildRegistryAuthTotal;
import dev.imagebuilder.proto.builder.BuildRequest;
import dev.imagebuilder.proto.builder.BuildSource;
import dev.imagebuilder.proto.builder.BuildSourceDockerfile;
import dev.imagebuilder.proto.builder.BuildSourceReference;
import dev.imagebuilder.proto.contentservice.CloneTargetMode;
import dev.imagebuilder.proto.contentservice.GitAuthMethod;
import dev.imagebuilder.proto.contentservice.GitConfig;
import dev.imagebuilder.proto.contentservice.GitInitializer;
import dev.imagebuilder.proto.contentservice.WorkspaceInitializer;

/** Requests as Gitpod's server sends them. */
final class Requests {
  static final BuildRegistryAuth ALL =
      BuildRegistryAuth.newBuilder()
          .setTotal(BuildRegistryAuthTotal.newBuilder().setAllowAll(true))
          .build();

  private Requests() {}

  static BuildSource image(String reference) {
    return BuildSource.newBuilder()
        .setRef(BuildSourceReference.newBuilder().setRef(reference))
        .build();
  }

  /** The Dockerfile at the root of a branch. */
  static BuildSource branch(String url, String branch) {
    return dockerfile(
        git(url).setTargetMode(CloneTargetMode.REMOTE_BRANCH).setCloneTaget(branch).build(),
        "Dockerfile");
  }

  static GitInitializer.Builder git(String url) {
    return GitInitializer.newBuilder().setRemoteUri(url).setConfig(GitConfig.newBuilder());
  }

  static GitConfig login(String user, String password) {
    return GitConfig.newBuilder()
        .setAuthentication(GitAuthMethod.BASIC_AUTH)
        .setAuthUser(user)
        .setAuthPassword(password)
        .build();
  }

  static BuildSource dockerfile(GitInitializer git, String dockerfilePath) {
    return BuildSource.newBuilder()
        .setFile(
            BuildSourceDockerfile.newBuilder()
                .setSource(WorkspaceInitializer.newBuilder().setGit(git))
                .setDockerfileVersion(git.getCloneTaget())
                .setDockerfilePath(dockerfilePath)
                .setContextPath("."))
        .build();
  }

  static BuildRequest build(BuildSource source) {
    return BuildRequest.newBuilder()
        .setSource(source)
        .setAuth(ALL)
        .setTriggeredBy("newcomer")
        .build();
  }
}
