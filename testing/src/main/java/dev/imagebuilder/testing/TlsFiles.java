package dev.imagebuilder.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Makes a certificate authority and a server certificate for localhost with the JDK's keytool. */
public final class TlsFiles {
  /** File name of the authority's certificate, PEM. */
  public static final String AUTHORITY = "authority.pem";

  /** File name of the server's certificate, PEM. */
  public static final String CERTIFICATE = "server.pem";

  /** File name of the server's key, PKCS#8 in PEM. */
  public static final String KEY = "server.key";

  private static final String PASSWORD = "changeit";

  private TlsFiles() {}

  /** Writes the three files into a folder; the certificate is for localhost and 127.0.0.1. */
  public static void make(Path folder) throws IOException {
    make(folder, Flaw.NONE);
  }

  /** The same, with a certificate that nobody should accept. */
  public static void make(Path folder, Flaw flaw) throws IOException {
    Path store = folder.resolve("keys.p12");
    String pair = "-genkeypair -keyalg EC -groupname secp256r1 -alias ";
    keytool(store, pair + "ca -dname CN=test-authority -ext bc:c");
    keytool(store, pair + "server -dname CN=localhost -signer ca " + flaw.options);
    write(store, "ca", folder.resolve(AUTHORITY), null);
    write(store, "server", folder.resolve(CERTIFICATE), folder.resolve(KEY));
  }

  /**
   * Writes one more certificate of the folder's authority, {@code NAME.crt}, and its key, {@code
   * NAME.key}; for the host of that name.
   */
  public static void issue(Path folder, String name) throws IOException {
    issue(folder, name, Flaw.NONE);
  }

  /** The same, with a certificate that nobody should accept. */
  public static void issue(Path folder, String name, Flaw flaw) throws IOException {
    Path store = folder.resolve("keys.p12");
    String alias = name + "-" + System.nanoTime();
    String options = flaw == Flaw.NONE ? "-ext san=dns:" + name : flaw.options;
    keytool(
        store,
        "-genkeypair -keyalg EC -groupname secp256r1 -alias "
            + alias
            + " -dname CN="
            + name
            + " -signer ca "
            + options);
    write(store, alias, folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
  }

  private static void write(Path store, String alias, Path certificate, @Nullable Path key)
      throws IOException {
    try {
      KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
      Files.writeString(certificate, pem("CERTIFICATE", keys.getCertificate(alias).getEncoded()));
      if (key != null) {
        Key secret = keys.getKey(alias, PASSWORD.toCharArray());
        Files.writeString(key, pem("PRIVATE KEY", secret.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("keytool made an unreadable store", e);
    }
  }

  /** What a server that has the files of a folder speaks TLS with. */
  public static SSLContext server(Path folder) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      Certificate[] chain = {certificate(folder)};
      store.setKeyEntry("server", key(folder), PASSWORD.toCharArray(), chain);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS with the files in " + folder, e);
    }
  }

  /** The server's certificate. */
  static Certificate certificate(Path folder) throws IOException, GeneralSecurityException {
    try (InputStream pem = Files.newInputStream(folder.resolve(CERTIFICATE))) {
      return CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
  }

  /** The server's key, on the curve P-256. */
  static PrivateKey key(Path folder) throws IOException, GeneralSecurityException {
    String pem = Files.readString(folder.resolve(KEY)).replaceAll("-----[A-Z ]+-----", "");
    byte[] encoded = Base64.getMimeDecoder().decode(pem);
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  private static void keytool(Path store, String arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("keytool " + arguments + " failed: " + printed);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted in keytool", e);
    }
  }

  private static String pem(String what, byte[] encoded) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
  }

  /** What is wrong with a certificate. */
  public enum Flaw {
    NONE("-ext san=dns:localhost,ip:127.0.0.1"),
    /** It was valid once. */
    EXPIRED("-ext san=dns:localhost,ip:127.0.0.1 -startdate -3d -validity 1"),
    /** It is for another host. */
    OTHER_HOST("-ext san=dns:other.example");

    private final String options;

    Flaw(String options) {
      this.options = options;
    }
  }
}
