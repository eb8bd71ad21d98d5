package dev.imagebuilder.buildkit;

import dev.imagebuilder.buildkit.session.SessionFaults;
import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.FailedStep;
import dev.imagebuilder.core.FailureReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads why a daemon could not build out of its error: our own faults first, then what it says in a
 * form for programs, its text last (texts of 0.34, tried one by one).
 */
final class SolveFailures {
  private static final int LONGEST = 2000;

  /** What a lost connection looks like; a build's own failures are of the code UNKNOWN. */
  private static final List<Status.Code> LOST =
      List.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED, Status.Code.CANCELLED);

  private static final Pattern DENIED =
      Pattern.compile(
          "\\b(401|403)\\b|: (?:denied|unauthorized):"
              + " |Unauthorized|Forbidden|insufficient_scope|authorization failed|pull access"
              + " denied|no basic auth credentials|failed to authorize|missing username or"
              + " secret|failed to find supported auth scheme");
  private static final Pattern LIMITED = Pattern.compile("\\b429\\b|toomanyrequests|Too Many Req");
  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "dial tcp|i/o timeout|connection refused|no such host|: EOF|tls: |x509: "
              + "|server gave HTTP response to HTTPS client|connection reset");

  /** A COPY, ADD or mount of what neither the context nor another stage has. */
  private static final Pattern MISSING =
      Pattern.compile(
          "(?:failed to calculate checksum of ref \\S+: (\".*\"): not found"
              + "|failed to compute cache key: (\".*\") not found: not found)");

  /** How a step is named that looks for an image, or fetches it. */
  private static final Pattern OF_IMAGE =
      Pattern.compile("(?:\\[internal] load metadata for |(?:\\[[^]]*] )?FROM )(\\S+)");

  /** What is before the reason. */
  private static final Pattern PREFIX =
      Pattern.compile(
          "^failed to solve(?: with frontend \\S+)?: (?:failed to create LLB definition: )?");

  /** Names the image twice, and the way by which it was looked for. */
  private static final Pattern RESOLVE =
      Pattern.compile("^(?:\\S+: )?failed to resolve source metadata for (\\S+): ");

  /** What old daemons say when an image cannot be had that COPY or a mount names. */
  private static final String CACHE_KEY = "failed to load cache key: ";

  private static final Pattern QUERY = Pattern.compile("(\\bhttps?://[^\\s\"?]+)\\?[^\\s\"]*");

  private static final Pattern INVALID =
      Pattern.compile(
          "parse error|is not allowed|could not be found|unknown instruction|invalid reference"
              + "|failed to process|unknown flag|requires (?:exactly|at least)|circular dependency"
              + "|base name \\(.*\\) should not be blank|no build stage|is not supported");

  private static final Pattern PRIVILEGE =
      Pattern.compile("\\b(security|network)\\.(\\w+) is not allowed");

  private final Progress progress;
  private final SessionFaults faults;
  private final String target;
  private final BuildkitAddress daemon;

  /**
   * Prepares for one build.
   *
   * @param target where it was to be pushed
   * @param daemon what it was built with
   */
  SolveFailures(Progress progress, SessionFaults faults, String target, BuildkitAddress daemon) {
    this.progress = progress;
    this.faults = faults;
    this.target = target;
    this.daemon = daemon;
  }

  /** Why a solve failed. */
  Failed of(StatusRuntimeException failure) {
    String text = text(failure.getStatus());
    ErrorDetails details = details(failure);
    Optional<Failed> ours = faults.in(text);
    if (ours.isPresent()) {
      return ours.get();
    }
    if (details.exitCode().isPresent()) {
      return process(details, details.exitCode().get());
    }
    boolean isPush = text.contains("failed to push");
    // In a push these are the registry's words, of its own disk.
    if (!isPush && isDiskFull(text)) {
      return Failed.bySystem(
          FailureReason.DISK_FULL,
          "no space left on the disk where images are built",
          "Free some space where "
              + daemon.program()
              + " keeps its files, or make the image smaller");
    }
    if (LOST.contains(failure.getStatus().getCode()) && details.vertex().isEmpty()) {
      return lost(daemon, daemon + ": " + BuildkitConnection.reason(failure.getStatus()));
    }
    if (isPush) {
      return registry(
          "push " + target + ": " + text.replace("failed to push " + target + ": ", ""),
          Blame.SYSTEM);
    }
    return ofDockerfile(details, text);
  }

  private ErrorDetails details(StatusRuntimeException failure) {
    ErrorDetails said = ErrorDetails.of(failure);
    String text = String.valueOf(failure.getStatus().getDescription());
    boolean isOld = said.isEmpty() && failure.getStatus().getCode() == Status.Code.UNKNOWN;
    return isOld ? ErrorDetails.ofText(text, progress.failedDigest()) : said;
  }

  /** The daemon, or the way to it, went away. */
  static Failed lost(BuildkitAddress daemon, String why) {
    return Failed.bySystem(
        FailureReason.ENGINE_LOST,
        "the build lost its " + daemon.program() + ": " + why,
        "Try again; if it was short of memory, give the machine more");
  }

  private Failed ofDockerfile(ErrorDetails details, String text) {
    Matcher resolve = RESOLVE.matcher(text);
    if (resolve.find()) {
      return at(details, registry(resolve.replaceFirst("resolve $1: "), Blame.USER));
    }
    Optional<String> image = imageOf(details);
    if (image.isPresent()) {
      return registry("resolve " + image.get() + ": " + text, Blame.USER);
    }
    if (text.startsWith(CACHE_KEY)) {
      String why = text.substring(CACHE_KEY.length());
      return registry("resolve an image that the Dockerfile names: " + why, Blame.USER);
    }
    if (text.contains("failed to read dockerfile")) {
      return Failed.byUser(
          FailureReason.DOCKERFILE_MISSING, text, "Check the path of the Dockerfile");
    }
    if (text.endsWith("syntax error in pattern")) {
      return Failed.byUser(
          FailureReason.DOCKERFILE_INVALID,
          ".dockerignore: " + text,
          "Look for a bracket without its other half");
    }
    Matcher privilege = PRIVILEGE.matcher(text);
    if (privilege.find()) {
      return Failed.byUser(
          FailureReason.DOCKERFILE_INVALID,
          "the Dockerfile asks for RUN --%s=%s, which is not allowed here"
              .formatted(privilege.group(1), privilege.group(2)),
          "Remove it: no step gets rights on the machine that builds");
    }
    if (isOfStep(details)) {
      return stepWithoutProcess(details, text);
    }
    if (details.source().isPresent() || details.isFrontend() || INVALID.matcher(text).find()) {
      String line = details.source().map(source -> "line " + source.line() + ": ").orElse("");
      return at(
          details,
          Failed.byUser(
              FailureReason.DOCKERFILE_INVALID,
              "the Dockerfile: " + line + text,
              "Correct the Dockerfile"));
    }
    return Failed.bySystem(
        FailureReason.INTERNAL, daemon.program() + ": " + text, "Look at the build's log");
  }

  /** An old daemon says which image it was only by the name of the step that looked for it. */
  private Optional<String> imageOf(ErrorDetails details) {
    return details
        .vertex()
        .flatMap(progress::name)
        .filter(_ -> details.source().isEmpty())
        .map(OF_IMAGE::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1));
  }

  private boolean isOfStep(ErrorDetails details) {
    return details.vertex().isPresent()
        && (details.source().isPresent()
            || details
                .vertex()
                .flatMap(progress::name)
                .filter(name -> StepName.parse(name).isInstruction())
                .isPresent());
  }

  private Failed stepWithoutProcess(ErrorDetails details, String text) {
    Matcher missing = MISSING.matcher(text);
    return missing.find()
        ? step(
            details,
            Objects.requireNonNullElse(missing.group(1), missing.group(2)) + " is not there",
            "Check the path; what .dockerignore names is not there either")
        : step(details, text, "");
  }

  private Failed process(ErrorDetails details, int code) {
    return step(
        details,
        "exit code " + code,
        code == 137 ? "Exit code 137 often means that it was short of memory" : "");
  }

  private Failed step(ErrorDetails details, String what, String hint) {
    String message = "step " + step(details).map(StepName::shown).orElse("?") + ": " + what;
    return at(details, new Failed(FailureReason.STEP_FAILED, Blame.USER, message, null, hint));
  }

  /** The step that the error names, else the only one that failed, else what the source says. */
  private Optional<StepName> step(ErrorDetails details) {
    return details
        .vertex()
        .flatMap(progress::name)
        .or(progress::failed)
        .or(() -> details.source().map(ErrorDetails.Source::text))
        .map(StepName::parse);
  }

  private Failed at(ErrorDetails details, Failed failed) {
    int line = details.source().map(ErrorDetails.Source::line).orElse(0);
    if (line == 0 && details.vertex().isEmpty()) {
      return failed;
    }
    String instruction =
        details
            .vertex()
            .flatMap(progress::name)
            .map(name -> StepName.parse(name).instruction())
            .or(() -> details.source().map(ErrorDetails.Source::text))
            .orElse("");
    return failed.at(
        new FailedStep(StepName.shortened(instruction), line, details.exitCode().orElse(0)));
  }

  private static boolean isDiskFull(String text) {
    return text.contains("no space left on device") || text.contains("disk quota exceeded");
  }

  /**
   * What a registry did.
   *
   * @param words what was tried, and what came of it; queries of URLs in it are left out, since
   *     they can have signatures in them
   */
  static Failed registry(String words, Blame blame) {
    String text = QUERY.matcher(words).replaceAll("$1");
    boolean isPull = blame == Blame.USER;
    if (LIMITED.matcher(text).find()) {
      return Failed.bySystem(
          FailureReason.REGISTRY_RATE_LIMITED,
          text,
          "The registry limits how often it is used; try again in a while, or use a login");
    }
    if (DENIED.matcher(text).find()) {
      return new Failed(
          FailureReason.REGISTRY_DENIED,
          blame,
          text,
          null,
          isPull
              ? "Check that the image's name is right and that you may read it; private images"
                  + " need a login"
              : "Check the installation's credentials for this registry");
    }
    if (UNREACHABLE.matcher(text).find()) {
      return new Failed(
          FailureReason.REGISTRY_ERROR,
          blame,
          text,
          null,
          "Check the name of the registry, and that the engine can reach it; its certificate or"
              + " plain HTTP must be in the configuration of an engine that is not ours");
    }
    return isPull && text.contains("not found")
        ? Failed.byUser(FailureReason.BASE_IMAGE_MISSING, text, "Check the image's name and tag")
        : new Failed(
            FailureReason.REGISTRY_ERROR, blame, text, null, "Look into the registry's log");
  }

  private static String text(Status status) {
    String said =
        status.getDescription() == null ? status.getCode().toString() : status.getDescription();
    String text = PREFIX.matcher(said).replaceFirst("");
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
