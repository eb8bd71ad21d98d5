package dev.imagebuilder.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

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
    Path store = folder.resolve("keys.p12");
    keytool(store, "-genkeypair -alias ca -keyalg EC -dname CN=test-authority -ext bc:c");
    keytool(store, "-genkeypair -alias server -keyalg EC -dname CN=localhost");
    Path request = folder.resolve("server.csr");
    Path signed = folder.resolve("signed.pem");
    keytool(store, "-certreq -alias server -file " + request);
    keytool(
        store,
        "-gencert -alias ca -rfc -ext san=dns:localhost,ip:127.0.0.1 -infile "
            + request
            + " -outfile "
            + signed);
    try {
      KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
      Key key = keys.getKey("server", PASSWORD.toCharArray());
      Certificate authority = keys.getCertificate("ca");
      Files.writeString(folder.resolve(AUTHORITY), pem("CERTIFICATE", authority.getEncoded()));
      Files.writeString(folder.resolve(KEY), pem("PRIVATE KEY", key.getEncoded()));
      Files.move(signed, folder.resolve(CERTIFICATE));
    } catch (GeneralSecurityException e) {
      throw new IOException("keytool made an unreadable store", e);
    }
  }

  private static void keytool(Path store, String arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(command.get(1) + " failed: " + printed);
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
}
