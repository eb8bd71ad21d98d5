package dev.imagebuilder.devgit;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;
import org.jspecify.annotations.Nullable;

/** Answers the two requests of a fetch; everything else is not found. */
final class GitHandler implements HttpHandler {
  private static final String SERVICE = "git-upload-pack";
  private static final int SECONDS_PER_READ_OR_WRITE = 60;

  /** One path segment only: nothing to climb up with. */
  private static final Pattern TARGET =
      Pattern.compile("/([A-Za-z0-9][A-Za-z0-9._-]*)\\.git/(info/refs|git-upload-pack)");

  private final Path folder;
  private final Optional<GitHttpServer.Login> login;

  GitHandler(Path folder, Optional<GitHttpServer.Login> login) {
    this.folder = folder;
    this.login = login;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!isAllowed(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
        refuse(exchange, 401, "user and password needed");
        return;
      }
      Matcher target = TARGET.matcher(exchange.getRequestURI().getRawPath());
      Optional<Path> found = target.matches() ? find(target.group(1)) : Optional.empty();
      if (found.isEmpty()) {
        refuse(exchange, 404, "no such repository");
        return;
      }
      serve(exchange, target.group(2), found.get());
    }
  }

  private void serve(HttpExchange exchange, String what, Path gitDir) throws IOException {
    String method = exchange.getRequestMethod();
    boolean isRefs = what.equals("info/refs");
    if (isRefs && !("service=" + SERVICE).equals(exchange.getRequestURI().getRawQuery())) {
      refuse(exchange, 403, "only " + SERVICE + " over smart HTTP is served");
      return;
    }
    if (!method.equals(isRefs ? "GET" : "POST")) {
      refuse(exchange, 405, "method not allowed");
      return;
    }
    try (Repository repository =
        new FileRepositoryBuilder().setGitDir(gitDir.toFile()).setMustExist(true).build()) {
      if (isRefs) {
        advertise(exchange, repository);
      } else {
        upload(exchange, repository);
      }
    }
  }

  private static void advertise(HttpExchange exchange, Repository repository) throws IOException {
    UploadPack upload = uploadPack(exchange, repository);
    try (OutputStream out = open(exchange, "application/x-" + SERVICE + "-advertisement")) {
      upload.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(new PacketLineOut(out)), SERVICE);
    }
  }

  private static void upload(HttpExchange exchange, Repository repository) throws IOException {
    UploadPack upload = uploadPack(exchange, repository);
    try (InputStream in = body(exchange);
        OutputStream out = open(exchange, "application/x-" + SERVICE + "-result")) {
      upload.upload(in, out, null);
    }
  }

  private static UploadPack uploadPack(HttpExchange exchange, Repository repository) {
    UploadPack upload = new UploadPack(repository);
    upload.setBiDirectionalPipe(false);
    upload.setTimeout(SECONDS_PER_READ_OR_WRITE);
    upload.setRequestPolicy(UploadPack.RequestPolicy.REACHABLE_COMMIT);
    @Nullable String protocol = exchange.getRequestHeaders().getFirst("Git-Protocol");
    if (protocol != null) {
      upload.setExtraParameters(List.of(protocol.split(":", -1)));
    }
    return upload;
  }

  private static InputStream body(HttpExchange exchange) throws IOException {
    @Nullable String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
    boolean isZipped = "gzip".equals(encoding) || "x-gzip".equals(encoding);
    return isZipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody();
  }

  private static OutputStream open(HttpExchange exchange, String type) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type);
    headers.set("Cache-Control", "no-cache");
    exchange.sendResponseHeaders(200, 0);
    return new BufferedOutputStream(exchange.getResponseBody(), 32 * 1024);
  }

  private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
    byte[] body = (why + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private boolean isAllowed(@Nullable String authorization) {
    if (login.isEmpty()) {
      return true;
    }
    String pair = login.get().user() + ":" + login.get().password();
    String expected =
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    return authorization != null
        && MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8),
            authorization.getBytes(StandardCharsets.UTF_8));
  }

  /** The git folder of a repository, unless it is elsewhere by a symbolic link. */
  private Optional<Path> find(String name) throws IOException {
    for (Path candidate : List.of(folder.resolve(name + ".git"), folder.resolve(name, ".git"))) {
      if (Files.exists(candidate.resolve("HEAD"))
          && candidate.toRealPath().startsWith(folder.toRealPath())) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
