package dev.imagebuilder.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The certificates that the system trusts, found where Go programs find them: the first bundle that
 * can be read, and every file of the folders.
 *
 * @see "Go: crypto/x509 root_unix.go (loadSystemRoots), root_linux.go (the places)"
 */
final class SystemCertificates {
  private static final List<Path> BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/pki/tls/cacert.pem"),
          Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));
  private static final String FOLDERS = "/etc/ssl/certs:/etc/pki/tls/certs";

  /** Most certificates are in the bundle and in a folder: each is read once. */
  private final Set<String> blocksSeen = new HashSet<>();

  private final Set<X509Certificate> found = new LinkedHashSet<>();

  private SystemCertificates() {}

  static Set<X509Certificate> read(Map<String, String> environment) throws NetworkException {
    var reading = new SystemCertificates();
    String file = environment.getOrDefault("SSL_CERT_FILE", "");
    if (file.isEmpty()) {
      reading.addFirstBundle();
    } else {
      reading.found.addAll(Pem.certificates(Path.of(file)));
    }
    String folders = environment.getOrDefault("SSL_CERT_DIR", "");
    for (String folder : (folders.isEmpty() ? FOLDERS : folders).split(":", -1)) {
      reading.addFolder(Path.of(folder));
    }
    return reading.found;
  }

  private void addFirstBundle() {
    for (Path bundle : BUNDLES) {
      if (Files.isReadable(bundle)) {
        addFile(bundle);
        return;
      }
    }
  }

  private void addFolder(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (!isAliasInSameFolder(file)) {
          addFile(file);
        }
      }
    } catch (IOException _) {
      // Not every system has every folder.
      return;
    }
  }

  /** The folders name each certificate a second time by its hash. */
  private static boolean isAliasInSameFolder(Path file) throws IOException {
    return Files.isSymbolicLink(file) && Files.readSymbolicLink(file).getNameCount() == 1;
  }

  private void addFile(Path file) {
    try {
      for (String block : Pem.blocks(Files.readString(file, StandardCharsets.ISO_8859_1))) {
        if (blocksSeen.add(block)) {
          found.add(Pem.certificate(block));
        }
      }
    } catch (IOException | CertificateException _) {
      // One odd file of the system's must not cost the others, as in Go.
      return;
    }
  }
}
