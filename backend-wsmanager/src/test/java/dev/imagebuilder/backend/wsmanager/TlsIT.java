package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.imagebuilder.core.BuildOutcome.Unproven;
import dev.imagebuilder.net.MutualTlsFiles;
import dev.imagebuilder.net.NetworkException;
import dev.imagebuilder.testing.Eventually;
import dev.imagebuilder.testing.TlsFiles;
import dev.imagebuilder.testing.TlsFiles.Flaw;
import dev.imagebuilder.testing.wsmanager.Program;
import dev.imagebuilder.testing.wsmanager.WsManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS towards ws-manager: row 129, the client's side. */
final class TlsIT {
  @TempDir private Path folder;

  @BeforeEach
  void issue() throws Exception {
    TlsFiles.make(folder);
    TlsFiles.issue(folder, "ws-manager");
    TlsFiles.issue(folder, "tls");
  }

  @Test
  @Tag("row-129")
  void row129ServerIsCheckedForTheNameWsManagerAndGetsOurCertificate() throws Exception {
    try (House house = new House(manager("ws-manager"))) {
      House.Replica replica = house.replica(options(house));

      assertThat(replica.run(House.order("reg.example/ws:1")).outcome())
          .isInstanceOf(Unproven.class);
    }
  }

  @Test
  @Tag("row-129")
  void row129OtherNamesAndOtherAuthoritiesAreNotTrusted() throws Exception {
    try (House house = new House(manager("server"))) {
      House.Replica replica = house.replica(options(house));

      Eventually.eventually(
          House.PATIENCE,
          () ->
              assertThat(replica.backend().trouble().orElseThrow())
                  .contains("ws-manager does not answer"));
      assertThat(house.manager().faults().getRequests()).isZero();
    }
  }

  @Test
  void changedFilesAreUsedForTheNextConnection() throws Exception {
    try (House house = new House(manager("ws-manager"))) {
      Path another = Files.createDirectory(folder.resolve("another"));
      TlsFiles.make(another);
      TlsFiles.issue(another, "tls");
      Path used = Files.createDirectory(folder.resolve("used"));
      copy(another, used);
      House.Replica replica = house.replica(options(house, used));
      Eventually.eventually(
          House.PATIENCE,
          () -> assertThat(replica.backend().trouble().orElseThrow()).contains("does not answer"));

      copy(folder, used);

      replica.connected();
      Files.writeString(used.resolve("tls.key"), "half a file");
      house.manager().goAway();
      house.manager().comeBack();
      replica.connected();
      assertThat(replica.run(House.order("reg.example/ws:1")).outcome())
          .isInstanceOf(Unproven.class);
    }
  }

  @Test
  void filesThatCannotBeUsedStopTheStartWithEveryFault() throws Exception {
    try (House house = new House(WsManager.start(Program.NOTHING))) {
      TlsFiles.issue(folder, "old", Flaw.EXPIRED);
      var options =
          options(
              house,
              new MutualTlsFiles(
                  folder.resolve("nowhere.crt"),
                  folder.resolve("old.crt"),
                  folder.resolve("tls.key")));

      assertThatThrownBy(() -> house.replica(options))
          .isInstanceOf(NetworkException.class)
          .hasMessageContaining("nowhere.crt: no such file")
          .hasMessageContaining("old.crt: expired")
          .hasMessageContaining("tls.key: does not belong to the certificate");
    }
  }

  private WsManager manager(String name) throws Exception {
    boolean isServer = name.equals("server");
    return WsManager.start(
        Program.NOTHING,
        new WsManager.Tls(
            folder.resolve(TlsFiles.AUTHORITY),
            folder.resolve(isServer ? TlsFiles.CERTIFICATE : name + ".crt"),
            folder.resolve(isServer ? TlsFiles.KEY : name + ".key")));
  }

  private WsManagerOptions options(House house) {
    return options(house, folder);
  }

  private WsManagerOptions options(House house, Path from) {
    return options(
        house,
        new MutualTlsFiles(
            from.resolve(TlsFiles.AUTHORITY), from.resolve("tls.crt"), from.resolve("tls.key")));
  }

  private static WsManagerOptions options(House house, MutualTlsFiles files) {
    return new WsManagerOptions(
        house.manager().address(), files, "reg.example/bob:v1", "pull", House.QUICK);
  }

  private static void copy(Path from, Path to) throws Exception {
    for (String name : new String[] {TlsFiles.AUTHORITY, "tls.crt", "tls.key"}) {
      Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
