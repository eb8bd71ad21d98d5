package dev.imagebuilder.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.imagebuilder.core.Attempts;
import dev.imagebuilder.core.BuildRequest;
import dev.imagebuilder.core.BuildRequest.Force;
import dev.imagebuilder.core.BuildSource;
import dev.imagebuilder.core.Credential;
import dev.imagebuilder.core.CredentialException;
import dev.imagebuilder.core.CredentialSource;
import dev.imagebuilder.core.RegistryAuth;
import dev.imagebuilder.core.RegistryAuth.Mode;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.Secret;
import dev.imagebuilder.service.Planner.Place;
import dev.imagebuilder.service.Planner.Plan;
import dev.imagebuilder.service.RequestFault.Kind;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private static final Credential INSTALLATION =
      new Credential.Password("robot", Secret.of("installed"));
  private static final RegistryAuth NOTHING = RegistryAuth.NOTHING;
  private static final BuildSource UNSUPPORTED =
      new BuildSource.Unsupported("unsupported context initializer");
  private static final String NOT_AUTHORIZED = "cannot check if image exists: \"not authorized\"";

  private final ImageNames names = new ImageNames("reg.example/base", "reg.example/ws");
  private final FakeImages images = new FakeImages();
  private final CredentialSource installation =
      domain -> domain.equals("reg.example") ? INSTALLATION : Credential.anonymous();
  private final Planner planner =
      new Planner(names, new CredentialsPolicy(installation, names), images);

  @Test
  @Tag("row-1")
  void aBaseImageIsResolvedToItsDigestForm() throws Exception {
    images.with("alpine:3.19");

    assertThat(planner.resolve("alpine:3.19", NOTHING, Attempts.SEVERAL))
        .isEqualTo(FakeImages.digestForm("alpine:3.19"))
        .startsWith("docker.io/library/alpine@sha256:");
    assertThat(images.questions().getFirst().attempts()).isEqualTo(Attempts.SEVERAL);
  }

  @Test
  @Tag("row-2")
  @Tag("row-3")
  @Tag("row-4")
  @Tag("row-6")
  @Tag("row-78")
  void eachFailureToResolveHasItsStatus() {
    assertResolving("gone", Reason.MANIFEST_UNKNOWN, Kind.NOT_FOUND, "cannot resolve image");
    assertResolving("gone", Reason.NAME_UNKNOWN, Kind.NOT_FOUND, "cannot resolve image");
    assertResolving("private", Reason.UNAUTHORIZED, Kind.UNAUTHENTICATED, "cannot resolve image");
    assertResolving(
        "busy",
        Reason.RATE_LIMITED,
        Kind.UNAVAILABLE,
        "upstream registry responds with 'too many request': resolve"
            + " docker.io/library/busy:latest: \"RATE_LIMITED\"");
    assertResolving(
        "arm",
        Reason.NO_PLATFORM,
        Kind.INTERNAL,
        "cannot resolve image: resolve docker.io/library/arm:latest: \"NO_PLATFORM\"");
    assertResolving(
        "denied",
        Reason.DENIED,
        Kind.INTERNAL,
        "cannot resolve image: resolve docker.io/library/denied:latest: \"DENIED\"");
  }

  @Test
  @Tag("row-5")
  void aReferenceThatIsNoneIsInvalid() {
    assertFault(
        () -> planner.resolve("a b", NOTHING, Attempts.ONE),
        Kind.INVALID_ARGUMENT,
        "cannt resolve base image ref: cannot parse image ref: invalid reference \"a b\": bad"
            + " repository name");
  }

  @Test
  void aBrokenCredentialSourceIsAnInvalidArgumentToResolveAndInternalElsewhere() {
    CredentialSource broken =
        _ -> {
          throw new CredentialException("helper \"x\" failed");
        };
    Planner unlucky = new Planner(names, new CredentialsPolicy(broken, names), images);
    RegistryAuth all = new RegistryAuth(new Mode.All(), Map.of());

    assertFault(
        () -> unlucky.resolve("alpine", all, Attempts.ONE),
        Kind.INVALID_ARGUMENT,
        "cannt resolve base image ref: helper \"x\" failed");
    assertFault(
        () -> unlucky.locate(ServiceFixture.dockerfile("v1"), NOTHING, Attempts.ONE),
        Kind.INTERNAL,
        "cannot get workspace image authentication: helper \"x\" failed");
    assertFault(
        () -> unlucky.plan(request(ServiceFixture.dockerfile("v1"))),
        Kind.INTERNAL,
        "cannot get workspace image authentication: \"helper \\\"x\\\" failed\"");
  }

  @Test
  @Tag("row-7")
  @Tag("row-8")
  @Tag("row-12")
  @Tag("row-13")
  void locatingTellsBothNamesAndLooksWithOurOwnCredentials() throws Exception {
    String baseRef = names.baseRef(ServiceFixture.dockerfile("v1"));
    String ref = names.workspaceRef(baseRef);

    assertThat(planner.locate(ServiceFixture.dockerfile("v1"), NOTHING, Attempts.ONE))
        .isEqualTo(new Place(ref, baseRef, false));

    images.with(ref).wanting(ref, INSTALLATION);
    assertThat(planner.locate(ServiceFixture.dockerfile("v1"), NOTHING, Attempts.ONE))
        .isEqualTo(new Place(ref, baseRef, true));
  }

  @Test
  @Tag("row-9")
  void locatingFailsInMk3sWords() {
    String ref = names.workspaceRef(names.baseRef(ServiceFixture.dockerfile("v1")));
    images.failing(ref, Reason.UNAUTHORIZED);

    assertFault(
        () -> planner.locate(ServiceFixture.dockerfile("v1"), NOTHING, Attempts.ONE),
        Kind.INTERNAL,
        "cannot resolve workspace image: " + NOT_AUTHORIZED);
    assertFault(
        () -> planner.locate(UNSUPPORTED, NOTHING, Attempts.ONE),
        Kind.INTERNAL,
        "cannot resolve base image: unsupported context initializer");
    assertFault(
        () -> planner.locate(new BuildSource.Image("gone"), NOTHING, Attempts.ONE),
        Kind.NOT_FOUND,
        "cannot resolve image");
  }

  @Test
  @Tag("row-15")
  void anImageThatIsThereIsNotPlannedAgain() throws Exception {
    images.with("alpine");
    String base = FakeImages.digestForm("alpine");
    images.with(names.workspaceRef(base));

    assertThat(planner.plan(request(new BuildSource.Image("alpine"))))
        .isEqualTo(new Plan.Present(names.workspaceRef(base), base));
  }

  @Test
  void anImageSourceIsPlannedInDigestForm() throws Exception {
    images.with("alpine");
    String base = FakeImages.digestForm("alpine");

    Job job = job(request(new BuildSource.Image("alpine")));

    assertThat(job.source()).isEqualTo(new BuildSource.Image(base));
    assertThat(job.baseRef()).isEqualTo(base);
    assertThat(job.ref()).isEqualTo(names.workspaceRef(base));
  }

  @Test
  @Tag("row-16")
  void forcedIsPlannedThoughItIsThereButTheLookMustWork() throws Exception {
    String ref = names.workspaceRef(names.baseRef(ServiceFixture.dockerfile("v1")));
    images.with(ref);
    BuildRequest forced =
        ServiceFixture.request(ServiceFixture.dockerfile("v1"), NOTHING, Force.ALWAYS);

    assertThat(job(forced).force()).isEqualTo(Force.ALWAYS);

    images.failing(ref, Reason.UNAUTHORIZED);
    assertFault(
        () -> planner.plan(forced),
        Kind.INTERNAL,
        "cannot check if image is already built: \"cannot check if image exists: \\\"not"
            + " authorized\\\"\"");
  }

  @Test
  void pathsThatLeaveTheCheckoutAreRefused() {
    var git = ServiceFixture.dockerfile("v1").git();

    assertFault(
        () -> planner.plan(request(new BuildSource.Dockerfile(git, "v1", "../etc/passwd", ""))),
        Kind.INVALID_ARGUMENT,
        "dockerfile_path leaves the checkout: \"../etc/passwd\" is /etc/passwd");
  }

  @Test
  @Tag("row-17")
  void theFastPathAnswersWithTheNameThatWasGiven() throws Exception {
    images.with(names.workspaceRef("some-base"));

    assertThat(planner.plan(fast("some-base", NOTHING)))
        .isEqualTo(new Plan.Present(names.workspaceRef("some-base"), "some-base"));
    assertThat(images.questions()).hasSize(1);
  }

  @Test
  @Tag("row-18")
  void theFastPathBuildsFromTheGivenBaseIfThatIsThere() throws Exception {
    images.with("some-base");

    Job job = job(fast("some-base", NOTHING));

    assertThat(job.source()).isEqualTo(new BuildSource.Image(FakeImages.digestForm("some-base")));
    assertThat(job.baseRef()).isEqualTo(FakeImages.digestForm("some-base"));
  }

  @Test
  @Tag("row-19")
  void theFastPathFallsBackToTheSource() throws Exception {
    for (String base : List.of("not-there", "not a reference")) {
      Job job = job(fast(base, NOTHING));

      assertThat(job.source()).isEqualTo(ServiceFixture.dockerfile("v1"));
      assertThat(job.baseRef()).isEqualTo(names.baseRef(ServiceFixture.dockerfile("v1")));
    }
  }

  @Test
  @Tag("row-20")
  @Tag("row-22")
  void theFastPathLooksWithTheRequestsPolicyAndFailsWithIt() throws Exception {
    String ref = names.workspaceRef("some-base");
    images.with(ref).wanting(ref, INSTALLATION);
    RegistryAuth selective =
        new RegistryAuth(new Mode.Selective(false, false, List.of()), Map.of());

    assertFault(
        () -> planner.plan(fast("some-base", NOTHING)),
        Kind.INTERNAL,
        "cannot check if image is already built: \"cannot check if image exists: \\\"not"
            + " authorized\\\"\"");
    // Selective requests are allowed the base repository, whose registry this is.
    assertThat(planner.plan(fast("some-base", selective))).isInstanceOf(Plan.Present.class);
  }

  @Test
  @Tag("row-20")
  void theFastPathsAllowanceStaysForTheBuild() throws Exception {
    RegistryAuth selective =
        new RegistryAuth(new Mode.Selective(false, true, List.of("docker.io")), Map.of());

    assertThat(job(fast("not-there", selective)).auth().mode())
        .isEqualTo(new Mode.Selective(true, true, List.of("docker.io")));
    assertThat(
            job(ServiceFixture.request(
                    ServiceFixture.dockerfile("v1"), selective, Force.IF_MISSING))
                .auth())
        .isEqualTo(selective);
  }

  @Test
  @Tag("row-21")
  void forcedTakesNoFastPath() throws Exception {
    images.with("some-base").with(names.workspaceRef("some-base"));
    BuildRequest plain = fast("some-base", NOTHING);
    BuildRequest forced =
        new BuildRequest(
            plain.source(), NOTHING, Force.ALWAYS, "ann", "", "some-base", Attempts.ONE);

    assertThat(job(forced).source()).isEqualTo(plain.source());
    assertThat(images.questions()).hasSize(1);
  }

  private Job job(BuildRequest request) throws Exception {
    Plan plan = planner.plan(request);
    assertThat(plan).isInstanceOf(Plan.Needed.class);
    return ((Plan.Needed) plan).job();
  }

  private static BuildRequest request(BuildSource source) {
    return ServiceFixture.request(source);
  }

  private static BuildRequest fast(String base, RegistryAuth auth) {
    return new BuildRequest(
        ServiceFixture.dockerfile("v1"), auth, Force.IF_MISSING, "ann", "", base, Attempts.ONE);
  }

  private void assertResolving(String ref, Reason reason, Kind kind, String message) {
    images.failing(ref, reason);
    assertFault(() -> planner.resolve(ref, NOTHING, Attempts.ONE), kind, message);
  }

  private static void assertFault(ThrowingCallable call, Kind kind, String message) {
    RequestFault fault = catchThrowableOfType(RequestFault.class, call);
    assertThat(fault).isNotNull().hasMessage(message);
    assertThat(fault.kind()).isEqualTo(kind);
  }
}
