package dev.imagebuilder.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates in PEM form; other blocks of a file are passed over. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----");

  private Pem() {}

  /** All certificates of a file that somebody named: each must be readable, one must be there. */
  static List<X509Certificate> certificates(Path file) throws NetworkException {
    List<String> blocks;
    try {
      blocks = blocks(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException _) {
      throw new NetworkException("certificates " + file + ": no such file");
    } catch (IOException e) {
      throw new NetworkException("certificates " + file + ": cannot be read: " + e);
    }
    if (blocks.isEmpty()) {
      throw new NetworkException("certificates " + file + ": no certificate in PEM form in it");
    }
    List<X509Certificate> all = new ArrayList<>();
    for (String block : blocks) {
      try {
        all.add(certificate(block));
      } catch (CertificateException e) {
        throw new NetworkException(
            "certificates " + file + ": number " + (all.size() + 1) + " is broken: " + e);
      }
    }
    return all;
  }

  /** The insides of a text's certificate blocks. */
  static List<String> blocks(String text) {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      blocks.add(matcher.group(1).strip());
    }
    return blocks;
  }

  /** The certificate of one block. */
  static X509Certificate certificate(String block) throws CertificateException {
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(block);
    } catch (IllegalArgumentException e) {
      throw new CertificateException("not base64", e);
    }
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }
}
