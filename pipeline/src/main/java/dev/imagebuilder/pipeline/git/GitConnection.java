package dev.imagebuilder.pipeline.git;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.URL;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.jspecify.annotations.Nullable;

/** One request of JGit over the JDK's HTTP, with deadlines and trust that JGit cannot change. */
final class GitConnection implements HttpConnection {
  private final HttpURLConnection wire;
  private final GitHttp http;
  private final boolean mayLogin;

  GitConnection(HttpURLConnection wire, GitHttp http, boolean mayLogin) {
    this.wire = wire;
    this.http = http;
    this.mayLogin = mayLogin;
  }

  @Override
  public int getResponseCode() throws IOException {
    int code = wire.getResponseCode();
    http.answered(code);
    return code;
  }

  @Override
  public void setRequestProperty(String key, String value) {
    if (mayLogin || !key.equalsIgnoreCase("Authorization")) {
      wire.setRequestProperty(key, value);
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Counted(wire.getInputStream(), http);
  }

  @Override
  public List<String> getHeaderFields(String name) {
    List<String> values = new ArrayList<>();
    wire.getHeaderFields()
        .forEach((key, all) -> {
          if (name.equalsIgnoreCase(key)) {
            values.addAll(all);
          }
        });
    return values;
  }

  @Override
  public URL getURL() {
    return wire.getURL();
  }

  @Override
  public String getResponseMessage() throws IOException {
    return wire.getResponseMessage();
  }

  @Override
  public Map<String, List<String>> getHeaderFields() {
    return wire.getHeaderFields();
  }

  @Override
  public void setRequestMethod(String method) throws ProtocolException {
    wire.setRequestMethod(method);
  }

  @Override
  public void setUseCaches(boolean usecaches) {
    wire.setUseCaches(usecaches);
  }

  /** Ignored: ours is set. */
  @Override
  public void setConnectTimeout(int timeout) {}

  /** Ignored: ours is set. */
  @Override
  public void setReadTimeout(int timeout) {}

  @Override
  public @Nullable String getContentType() {
    return wire.getContentType();
  }

  @Override
  public @Nullable String getHeaderField(String name) {
    return wire.getHeaderField(name);
  }

  @Override
  public int getContentLength() {
    return wire.getContentLength();
  }

  @Override
  public void setInstanceFollowRedirects(boolean followRedirects) {
    wire.setInstanceFollowRedirects(followRedirects);
  }

  @Override
  public void setDoOutput(boolean dooutput) {
    wire.setDoOutput(dooutput);
  }

  @Override
  public void setFixedLengthStreamingMode(int contentLength) {
    wire.setFixedLengthStreamingMode(contentLength);
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return wire.getOutputStream();
  }

  @Override
  public void setChunkedStreamingMode(int chunklen) {
    wire.setChunkedStreamingMode(chunklen);
  }

  @Override
  public String getRequestMethod() {
    return wire.getRequestMethod();
  }

  @Override
  public boolean usingProxy() {
    return wire.usingProxy();
  }

  @Override
  public void connect() throws IOException {
    wire.connect();
  }

  /** Ignored: whom to trust is not JGit's business. */
  @Override
  public void configure(
      KeyManager @Nullable [] keys,
      TrustManager @Nullable [] trust,
      @Nullable SecureRandom random) {}

  /** Ignored: names are always verified. */
  @Override
  public void setHostnameVerifier(HostnameVerifier verifier) {}

  /** Counts what is read. */
  private static final class Counted extends FilterInputStream {
    private final GitHttp http;

    Counted(InputStream in, GitHttp http) {
      super(in);
      this.http = http;
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      if (one >= 0) {
        http.received(1);
      }
      return one;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      if (count > 0) {
        http.received(count);
      }
      return count;
    }
  }
}
