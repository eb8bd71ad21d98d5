package dev.imagebuilder.net;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** A set of certificate authorities and the TLS context that trusts them. */
final class Trust {
  private final Set<X509Certificate> authorities;
  private final X509TrustManager manager;
  private final SSLContext context;

  private Trust(Set<X509Certificate> authorities) {
    this.authorities = authorities;
    this.manager = managerOf(authorities);
    this.context = contextOf(manager);
  }

  static Trust ofJdk() {
    return new Trust(jdkAuthorities());
  }

  static Trust fromEnvironment(Map<String, String> environment) throws NetworkException {
    Set<X509Certificate> system = SystemCertificates.read(environment);
    return system.isEmpty() ? ofJdk() : new Trust(system);
  }

  Trust with(Path pem) throws NetworkException {
    Set<X509Certificate> more = new LinkedHashSet<>(authorities);
    more.addAll(Pem.certificates(pem));
    return new Trust(more);
  }

  X509TrustManager manager() {
    return manager;
  }

  SSLContext context() {
    return context;
  }

  private static Set<X509Certificate> jdkAuthorities() {
    Set<X509Certificate> all = new LinkedHashSet<>();
    for (TrustManager manager : managersOf(null)) {
      if (manager instanceof X509TrustManager x509) {
        all.addAll(List.of(x509.getAcceptedIssuers()));
      }
    }
    return all;
  }

  private static X509TrustManager managerOf(Set<X509Certificate> authorities) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int number = 0;
      for (X509Certificate authority : authorities) {
        store.setCertificateEntry("ca-" + number++, authority);
      }
      for (TrustManager manager : managersOf(store)) {
        if (manager instanceof X509TrustManager x509) {
          return x509;
        }
      }
      throw new IllegalStateException("every JDK has trust managers for X.509");
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every JDK can trust certificates", e);
    }
  }

  private static SSLContext contextOf(X509TrustManager manager) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {manager}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK can trust certificates", e);
    }
  }

  /** Those of the JDK's own store for null. */
  private static TrustManager[] managersOf(@Nullable KeyStore store) {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has trust managers", e);
    }
  }
}
