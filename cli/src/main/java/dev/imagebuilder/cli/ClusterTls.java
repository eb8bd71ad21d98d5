package dev.imagebuilder.cli;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The client certificates of a cluster, in a secret of the kube context in force (SPEC 10.3). Only
 * their owner may read the files; gpctl lets everybody.
 */
final class ClusterTls {
  private static final List<String> FILES = List.of("ca.crt", "tls.crt", "tls.key");
  private static final FileAttribute<Set<PosixFilePermission>> FOLDER_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final String secretName;
  private final @Nullable String namespace;

  /**
   * Reads nothing yet.
   *
   * @param namespace null for the context's
   */
  ClusterTls(String secretName, @Nullable String namespace) {
    this.secretName = secretName;
    this.namespace = namespace;
  }

  /**
   * Writes the three files; a folder that has some gets new ones.
   *
   * @throws CommandFailure if the cluster does not give them, or the folder cannot be written
   */
  void writeTo(Path folder) throws CommandFailure {
    Map<String, byte[]> contents = contents();
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectory(folder, FOLDER_MODE);
      }
      for (Map.Entry<String, byte[]> each : contents.entrySet()) {
        replace(folder.resolve(each.getKey()), each.getValue());
      }
    } catch (IOException e) {
      throw CommandFailure.failed("cannot write the TLS files to " + folder + ": " + e);
    }
  }

  /** A new file, so that one that others may read does not stay so. */
  private static void replace(Path file, byte[] content) throws IOException {
    Files.deleteIfExists(file);
    try (var channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FILE_MODE)) {
      channel.write(ByteBuffer.wrap(content));
    }
  }

  private Map<String, byte[]> contents() throws CommandFailure {
    Secret secret = secret();
    Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
    List<String> missing = new ArrayList<>(FILES);
    missing.removeIf(name -> !data.getOrDefault(name, "").isEmpty());
    if (!missing.isEmpty()) {
      throw CommandFailure.failed(
          "the secret "
              + secretName
              + " has no "
              + String.join(", ", missing)
              + "; nothing written");
    }
    Map<String, byte[]> contents = new LinkedHashMap<>();
    FILES.forEach(name -> contents.put(name, Base64.getDecoder().decode(data.get(name))));
    return contents;
  }

  private Secret secret() throws CommandFailure {
    Config config = Config.autoConfigure(null);
    String where = namespace == null ? config.getNamespace() : namespace;
    if (where == null) {
      where = "default";
    }
    String what =
        "get the secret "
            + secretName
            + " of namespace "
            + where
            + " from "
            + config.getMasterUrl();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      Secret found = client.secrets().inNamespace(where).withName(secretName).get();
      if (found == null) {
        throw CommandFailure.failed(
            what + ": there is none; --namespace and --secretName say where it is");
      }
      return found;
    } catch (KubernetesClientException e) {
      throw CommandFailure.failed(what + ": " + reason(e) + "; is the kube context right?");
    }
  }

  private static String reason(KubernetesClientException e) {
    if (e.getStatus() != null && e.getStatus().getMessage() != null) {
      return e.getStatus().getMessage() + " (" + e.getCode() + ")";
    }
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
  }
}
