package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.BuildOutcome.Blame;
import dev.imagebuilder.core.BuildOutcome.Failed;
import dev.imagebuilder.core.BuildOutcome.FailedStep;
import dev.imagebuilder.core.FailureReason;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads why Buildah failed out of its last words (texts of 1.28, tried one by one). */
final class BuildahFailures {
  private static final Pattern AT_STEP =
      Pattern.compile("(?:error )?building at STEP \"(.*)\": (.*)", Pattern.DOTALL);
  private static final Pattern MISSING =
      Pattern.compile("copier: stat: \"([^\"]*)\": no such file or directory");

  /** Go's form of the instruction, which Buildah appends. */
  private static final String DUMP = " &imagebuilder.Step{";

  private static final Pattern EXIT = Pattern.compile("exit status (\\d{1,3})\\s*$");
  private static final Pattern INVALID =
      Pattern.compile(
          "unknown instruction|only supports the|no FROM statement|no contents in"
              + "|dockerfile parse error|parsing main Dockerfile|invalid reference|syntax error"
              + "|requires (?:exactly|at least)|unexpected|file with no instructions"
              + "|target .* was not found in the provided Dockerfile",
          Pattern.CASE_INSENSITIVE);

  private final DockerfileText dockerfile;

  BuildahFailures(DockerfileText dockerfile) {
    this.dockerfile = dockerfile;
  }

  /** Why {@code buildah build} ended with a status other than 0. */
  Failed of(int status, String error, BuildahOutput.@Nullable Step step) {
    if (isDiskFull(error)) {
      return diskFull();
    }
    if (error.isEmpty()) {
      return lost(status);
    }
    Matcher atStep = AT_STEP.matcher(error);
    boolean isAtStep = atStep.matches();
    String cause = cause(error, isAtStep ? atStep.group(2) : error, step);
    if (INVALID.matcher(cause).find()) {
      return Failed.byUser(
          FailureReason.DOCKERFILE_INVALID,
          (step == null ? "the Dockerfile: " : name(step) + ": ") + firstLine(cause),
          cause.contains("only supports the")
              ? "This form needs BuildKit, or a newer Buildah"
              : "Correct the Dockerfile");
    }
    if (isAtStep && step != null) {
      return stepFailed(step, cause);
    }
    if (error.contains("image not known") || error.contains("no stage or image found")) {
      return Failed.byUser(
          FailureReason.BASE_IMAGE_MISSING, firstLine(error), "Check the images that are named");
    }
    return Failed.bySystem(
        FailureReason.INTERNAL,
        "buildah ended with status " + status + ": " + firstLine(error),
        "Look at the build's log");
  }

  /** True if the error says that no space was left. */
  static boolean isDiskFull(String error) {
    // Java begins with a capital letter, Go does not.
    String text = error.toLowerCase(Locale.ROOT);
    return text.contains("no space left on device") || text.contains("disk quota exceeded");
  }

  /** The disk of the working folder is full. */
  static Failed diskFull() {
    return Failed.bySystem(
        FailureReason.DISK_FULL,
        "no space left on the disk where images are built",
        "Free some space below orchestrator.local.workDir, or make the image smaller");
  }

  /** Buildah ended without a word. */
  static Failed lost(int status) {
    return Failed.bySystem(
        FailureReason.ENGINE_LOST,
        status > 128
            ? "buildah was killed by signal " + (status - 128)
            : "buildah ended with status " + status + " and said nothing",
        "Try again; if it was short of memory, give the machine more");
  }

  /** What is said behind the step's name; where that is not found, the likely part. */
  private static String cause(String error, String likely, BuildahOutput.@Nullable Step step) {
    String named = step == null ? "" : "building at STEP \"" + step.instruction() + "\": ";
    int at = step == null ? -1 : error.indexOf(named);
    String cause = at < 0 ? likely : error.substring(at + named.length());
    int dump = cause.indexOf(DUMP);
    return (dump < 0 ? cause : cause.substring(0, dump)).replaceFirst("^Build error: ", "");
  }

  private Failed stepFailed(BuildahOutput.Step step, String cause) {
    Matcher missing = MISSING.matcher(cause);
    if (missing.find()) {
      return Failed.byUser(
              FailureReason.STEP_FAILED,
              name(step) + ": \"" + missing.group(1) + "\" is not there",
              "Check the path; what .dockerignore names is not there either")
          .at(new FailedStep(step.instruction(), line(step), 0));
    }
    Matcher exit = EXIT.matcher(cause);
    boolean ran = cause.startsWith("while running runtime") && exit.find();
    int code = ran ? Integer.parseInt(exit.group(1)) : 0;
    String what = ran ? "exit code " + code : firstLine(cause);
    return new Failed(
            FailureReason.STEP_FAILED,
            Blame.USER,
            name(step) + ": " + what,
            null,
            code == 137 ? "Exit code 137 often means that it was short of memory" : "")
        .at(new FailedStep(step.instruction(), line(step), code));
  }

  private static String name(BuildahOutput.Step step) {
    return "step " + step.number() + "/" + step.of() + " \"" + step.instruction() + "\"";
  }

  /** The instruction's line, if the step's place in its stage and its keyword agree; else 0. */
  private int line(BuildahOutput.Step step) {
    int stage = 0;
    int number = 0;
    for (Instruction instruction : dockerfile.instructions()) {
      boolean isFrom = instruction.keyword().equals("FROM");
      stage += isFrom ? 1 : 0;
      number = isFrom ? 1 : number + 1;
      if (stage == step.stage() && number == step.number()) {
        List<String> words = List.of(step.instruction().split("\\s+", 2));
        return instruction.keyword().equals(words.getFirst().toUpperCase(Locale.ROOT))
            ? instruction.line()
            : 0;
      }
    }
    return 0;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("").strip();
  }
}
