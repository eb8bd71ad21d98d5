package dev.imagebuilder.registry;

import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.Printable;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.core.work.LruCache;
import dev.imagebuilder.core.work.SingleFlight;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks programs named {@code docker-credential-…}, and remembers their answers for a moment.
 *
 * @see "docker/docker-credential-helpers, credentials/credentials.go and client/client.go"
 */
final class CredentialHelper {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
  private static final String NOT_FOUND = "credentials not found in native keychain";

  /** The user name of helpers for a secret that is an identity token. */
  private static final String TOKEN_USER = "<token>";

  private static final int LONGEST_OUTPUT = 1 << 20;
  private static final Duration MEMORY = Duration.ofSeconds(30);
  private static final int MOST_ANSWERS = 200;

  private final String path;
  private final Duration limit;
  private final InstantSource clock;
  private final LruCache<Question, Remembered> answers = new LruCache<>(MOST_ANSWERS);
  private final SingleFlight<Question, Credential, CredentialException> running;

  /**
   * Has asked nobody yet.
   *
   * @param path the folders of programs, as in {@code PATH}; those that are not absolute are passed
   *     over: what is there depends on where we were started
   * @param limit how long a helper may take
   */
  CredentialHelper(String path, Duration limit, InstantSource clock) {
    this.path = path;
    this.limit = limit;
    this.clock = clock;
    this.running = new SingleFlight<>(CredentialException.class, limit.multipliedBy(2));
  }

  /**
   * What a helper knows about a server.
   *
   * @param name what follows {@code docker-credential-}
   * @return {@link Credential.Anonymous} if it knows nothing
   * @throws CredentialException if it cannot be asked, fails, or takes too long
   */
  Credential find(String name, String server) throws CredentialException, InterruptedException {
    if (!NAME.matcher(name).matches()) {
      throw new CredentialException(
          "\"" + Printable.of(name, 64) + "\" is not the name of a credential helper");
    }
    Question question = new Question(name, server);
    Optional<Remembered> known = answers.get(question);
    if (known.isPresent() && clock.instant().isBefore(known.get().until())) {
      return known.get().credential();
    }
    return running.get(
        question,
        () -> {
          Credential found = ask(question);
          answers.put(question, new Remembered(found, clock.instant().plus(MEMORY)));
          return found;
        });
  }

  private Credential ask(Question question) throws CredentialException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(program(question).toString(), "get")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException _) {
      throw new CredentialException(question.program() + " cannot be run: is it on the PATH?");
    }
    // Not closed by waiting: who holds the pipe open must not hold us.
    ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor();
    try {
      Future<byte[]> output = reader.submit(() -> talk(process, question.server()));
      byte[] said = output.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!process.waitFor(limit)) {
        throw new CredentialException(question.program() + " does not end");
      }
      return credential(question, process.exitValue(), new String(said, StandardCharsets.UTF_8));
    } catch (TimeoutException _) {
      throw new CredentialException(
          question.program() + " did not answer within " + limit.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new CredentialException(question.program() + " cannot be talked to: " + e.getCause());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      reader.shutdownNow();
    }
  }

  private Path program(Question question) throws IOException {
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, question.program()))
        .filter(file -> file.isAbsolute() && Files.isExecutable(file))
        .findFirst()
        .orElseThrow(() -> new NoSuchFileException(question.program()));
  }

  private static byte[] talk(Process process, String server) throws IOException {
    try (OutputStream in = process.getOutputStream()) {
      in.write(server.getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // A helper need not read all of it before it answers, or fails.
      return read(process);
    }
    return read(process);
  }

  private static byte[] read(Process process) throws IOException {
    try (InputStream out = process.getInputStream()) {
      return out.readNBytes(LONGEST_OUTPUT);
    }
  }

  private static Credential credential(Question question, int exit, String said)
      throws CredentialException {
    if (said.length() >= LONGEST_OUTPUT) {
      throw new CredentialException(question.program() + " answered more than 1 MiB");
    }
    if (exit != 0) {
      if (said.strip().equals(NOT_FOUND)) {
        return Credential.anonymous();
      }
      // Some fail after they have printed the secret.
      boolean isMute = said.isBlank() || said.contains("{");
      String reason = isMute ? "" : ": " + Printable.of(said, 200);
      throw new CredentialException(question.program() + " failed with " + exit + reason);
    }
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(said);
    } catch (JacksonException _) {
      throw new CredentialException(question.program() + " answered no JSON");
    }
    String username = json.path("Username").asString("");
    Secret secret = Secret.of(json.path("Secret").asString(""));
    if (secret.isEmpty()) {
      return Credential.anonymous();
    }
    return username.equals(TOKEN_USER)
        ? new Credential.IdentityToken(secret)
        : new Credential.Password(username, secret);
  }

  private record Question(String helper, String server) {
    String program() {
      return "docker-credential-" + helper;
    }
  }

  private record Remembered(Credential credential, Instant until) {}
}
