package dev.imagebuilder.it;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the arrows of ARCHITECTURE.md, and rules of style that the compiler does not know. */
final class ArchitectureTest {
  private static final String ROOT = "dev.imagebuilder.";

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.imagebuilder");

  /** Each room, and the rooms it may use. */
  private static final Map<String, List<String>> ARROWS = new LinkedHashMap<>();

  static {
    ARROWS.put("proto", List.of());
    ARROWS.put("core", List.of());
    ARROWS.put("net", List.of("core"));
    ARROWS.put("logging", List.of("core"));
    ARROWS.put("devregistry", List.of("core"));
    ARROWS.put("devgit", List.of());
    ARROWS.put("registry", List.of("core", "net"));
    ARROWS.put("ecr", List.of("core", "net"));
    ARROWS.put("buildkit", List.of("core", "net", "proto"));
    ARROWS.put("pipeline", List.of("core", "net", "registry", "buildkit"));
    ARROWS.put("service", List.of("core"));
    ARROWS.put("backend.local", List.of("core", "pipeline"));
    ARROWS.put("backend.wsmanager", List.of("core", "net", "proto"));
    ARROWS.put(
        "server",
        List.of(
            "core",
            "net",
            "logging",
            "proto",
            "registry",
            "ecr",
            "buildkit",
            "pipeline",
            "service",
            "backend.local",
            "backend.wsmanager"));
    ARROWS.put(
        "cli",
        List.of(
            "core",
            "net",
            "logging",
            "proto",
            "registry",
            "buildkit",
            "server",
            "devregistry",
            "devgit"));
    ARROWS.put("testing", List.of("core", "proto", "devregistry", "devgit"));
    ARROWS.put("bench", List.copyOf(ARROWS.keySet()));
  }

  @Test
  void everyRoomUsesOnlyTheRoomsItMay() {
    ARROWS.forEach((room, allowed) -> {
      Stream<String> own = Stream.concat(Stream.of(room), allowed.stream());
      String[] known = own.map(name -> ROOT + name + "..").toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(ROOT + room + "..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("dev.imagebuilder..").and(not(resideInAnyPackage(known))))
          .allowEmptyShould(true)
          .check(PRODUCT);
    });
  }

  @Test
  void everyClassBelongsToARoom() {
    String[] rooms = ARROWS.keySet().stream().map(r -> ROOT + r + "..").toArray(String[]::new);

    assertThat(PRODUCT.stream().filter(not(resideInAnyPackage(rooms)))).isEmpty();
  }

  @Test
  void everyPackageIsNullMarked() {
    List<String> unmarked =
        PRODUCT.stream()
            .filter(not(resideInAnyPackage(ROOT + "proto..")))
            .map(JavaClass::getPackage)
            .distinct()
            .filter(folder -> !folder.isAnnotatedWith(NullMarked.class))
            .map(folder -> folder.getName())
            .toList();

    assertThat(unmarked).isEmpty();
  }

  @Test
  void threadsAreVirtualAndBelongToABlock() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "proto..")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ForkJoinPool.class)
        .orShould()
        .callMethod(Arrays.class, "parallelSort", int[].class)
        .check(PRODUCT);
  }

  @Test
  void onlyTheRoomForEcrKnowsAws() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "ecr..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon.awssdk..")
        .check(PRODUCT);
  }

  @Test
  void onlyTheCommandLinePrints() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + "cli..", ROOT + "logging..", ROOT + "bench..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(PRODUCT);
  }
}
