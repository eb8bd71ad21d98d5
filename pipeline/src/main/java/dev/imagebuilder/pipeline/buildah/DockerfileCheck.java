package dev.imagebuilder.pipeline.buildah;

import dev.imagebuilder.core.ImageReference;
import dev.imagebuilder.core.Platform;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What must be known of a Dockerfile before Buildah may have it: which images it names, and that it
 * holds nothing that this Buildah misreads or cannot do safely.
 */
final class DockerfileCheck {
  private static final Pattern ASSIGNMENT =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)(?:=((?:\"[^\"]*\"|'[^']*'|\\\\.|[^\\s\"'])*))?");
  private static final Set<String> TRANSPORTS =
      Set.of(
          "containers-storage",
          "dir",
          "docker",
          "docker-archive",
          "docker-daemon",
          "oci",
          "oci-archive",
          "ostree",
          "sif",
          "tarball",
          "atomic");

  private final BuildahVersion version;
  private final Path context;
  private final List<Stage> stages = new ArrayList<>();
  private final Map<String, String> globals = new HashMap<>();

  DockerfileCheck(BuildahVersion version, Path context) {
    this.version = version;
    this.context = context;
    Platform here = Platform.ofThisMachine();
    for (String side : List.of("TARGET", "BUILD")) {
      globals.put(side + "PLATFORM", here.toString());
      globals.put(side + "OS", here.os());
      globals.put(side + "ARCH", here.architecture());
      globals.put(side + "VARIANT", here.variant());
    }
  }

  /**
   * One stage.
   *
   * @param name in lower case; empty if it has none
   * @param images that it names
   * @param needs earlier stages that it uses
   */
  private record Stage(String name, Set<ImageReference> images, Set<Integer> needs) {}

  /**
   * Checks it.
   *
   * @return the images that the last stage needs, in the order in which they are named
   */
  List<ImageReference> images(DockerfileText text) throws DockerfileFaultException {
    if (text.hereDocumentLine() > 0 && !version.readsHereDocuments()) {
      throw new DockerfileFaultException(
          text.hereDocumentLine(),
          "uses a here-document, which Buildah "
              + version
              + " does not understand: it needs BuildKit, or Buildah 1.33");
    }
    for (Instruction instruction : text.instructions()) {
      read(instruction);
    }
    for (Instruction suspect : text.suspects()) {
      mounts(suspect.unwrapped());
    }
    if (stages.isEmpty()) {
      throw new DockerfileFaultException(1, "has no FROM");
    }
    return needed();
  }

  /** Checks a trigger that a base image brings along: it may name no image. */
  void trigger(ImageReference base, String trigger) throws DockerfileFaultException {
    Instruction instruction = Instruction.of(0, trigger).unwrapped();
    boolean takesFrom =
        instruction.flags().stream().anyMatch(flag -> flag.startsWith("--from"))
            || trigger.indexOf('\n') >= 0;
    if (takesFrom) {
      throw new DockerfileFaultException(
          0, base + " has an ONBUILD trigger that names an image, which is not supported");
    }
    mounts(instruction);
  }

  private List<ImageReference> needed() {
    Set<Integer> seen = new LinkedHashSet<>();
    Deque<Integer> open = new ArrayDeque<>(List.of(stages.size() - 1));
    while (!open.isEmpty()) {
      int next = open.removeLast();
      if (seen.add(next)) {
        open.addAll(stages.get(next).needs());
      }
    }
    Set<ImageReference> images = new LinkedHashSet<>();
    seen.stream().sorted().forEach(stage -> images.addAll(stages.get(stage).images()));
    return List.copyOf(images);
  }

  private void read(Instruction instruction) throws DockerfileFaultException {
    Instruction inner = instruction.unwrapped();
    switch (inner.keyword()) {
      case "ARG" -> {
        if (stages.isEmpty()) {
          globals(inner);
        }
      }
      case "FROM" -> stage(inner);
      case "COPY", "ADD" -> {
        for (String name : inner.flagValues("from")) {
          from(inner, name);
        }
      }
      case "RUN" -> mounts(inner);
      default -> {}
    }
  }

  private void globals(Instruction arg) throws DockerfileFaultException {
    Matcher each = ASSIGNMENT.matcher(arg.arguments());
    while (each.find()) {
      String value = each.group(2);
      if (value != null) {
        globals.put(each.group(1), expand(arg, value));
      }
    }
  }

  private void stage(Instruction from) throws DockerfileFaultException {
    String[] words = from.arguments().strip().split("\\s+", -1);
    boolean isNamed = words.length == 3 && words[1].equalsIgnoreCase("as");
    if ((words.length != 1 && !isNamed) || words[0].isEmpty()) {
      throw new DockerfileFaultException(from.line(), "FROM wants an image, or an image AS a name");
    }
    Stage stage =
        new Stage(
            isNamed ? words[2].toLowerCase(Locale.ROOT) : "",
            new LinkedHashSet<>(),
            new LinkedHashSet<>());
    use(from, stage, expand(from, words[0]));
    stages.add(stage);
  }

  private void from(Instruction copy, String name) throws DockerfileFaultException {
    if (stages.isEmpty()) {
      throw new DockerfileFaultException(copy.line(), copy.keyword() + " comes before FROM");
    }
    if (name.indexOf('$') >= 0) {
      throw new DockerfileFaultException(
          copy.line(),
          "--from=" + name + " holds a variable: name a stage with FROM … AS and use that");
    }
    use(copy, stages.getLast(), name);
  }

  private void use(Instruction where, Stage stage, String name) throws DockerfileFaultException {
    Optional<Integer> earlier = earlier(name);
    if (earlier.isPresent()) {
      stage.needs().add(earlier.get());
    } else if (!name.equals("scratch")) {
      stage.images().add(image(where, name));
    }
  }

  private Optional<Integer> earlier(String name) {
    for (int i = stages.size() - 1; i >= 0; i--) {
      if (stages.get(i).name().equals(name.toLowerCase(Locale.ROOT))
          || Integer.toString(i).equals(name)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  private static ImageReference image(Instruction where, String name)
      throws DockerfileFaultException {
    int colon = name.indexOf(':');
    if (colon > 0 && TRANSPORTS.contains(name.substring(0, colon))) {
      throw new DockerfileFaultException(
          where.line(), "\"" + name + "\" is not an image in a registry");
    }
    try {
      return ImageReference.parse(name);
    } catch (IllegalArgumentException e) {
      throw new DockerfileFaultException(where.line(), String.valueOf(e.getMessage()));
    }
  }

  private void mounts(Instruction run) throws DockerfileFaultException {
    for (String mount : run.flagValues("mount")) {
      Optional<String> stage = new MountRules(version, context).check(run.line(), mount);
      if (stage.isEmpty()) {
        continue;
      }
      Optional<Integer> earlier = stages.isEmpty() ? Optional.empty() : earlier(stage.get());
      if (earlier.isEmpty()) {
        throw new DockerfileFaultException(
            run.line(),
            "--mount from=" + stage.get() + " names no stage: write FROM image AS name and use it");
      }
      stages.getLast().needs().add(earlier.get());
    }
  }

  private String expand(Instruction where, String word) throws DockerfileFaultException {
    Optional<String> value = Words.expand(word, globals);
    if (value.isEmpty() || (value.get().isEmpty() && where.keyword().equals("FROM"))) {
      throw new DockerfileFaultException(
          where.line(),
          where.keyword() + " " + word + ": a variable has no default, or has an unknown form");
    }
    return value.get();
  }
}
