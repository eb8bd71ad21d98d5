package dev.imagebuilder.core;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A normalised image reference: a repository, and a tag, a digest, both or neither.
 *
 * @see "SPEC 4.4; docker's distribution/reference grammar"
 */
public final class ImageReference {
  private static final Pattern BARE_HEX = Pattern.compile("[a-f0-9]{64}");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

  private final Repository repository;
  private final @Nullable String tag;
  private final @Nullable Digest digest;

  private ImageReference(Repository repository, @Nullable String tag, @Nullable Digest digest) {
    this.repository = repository;
    this.tag = tag;
    this.digest = digest;
  }

  /**
   * Reads and normalises a reference as Docker does: {@code alpine} becomes {@code
   * docker.io/library/alpine}. No tag is added.
   *
   * @throws IllegalArgumentException if the text is not a reference; the message says why
   */
  public static ImageReference parse(String text) {
    if (BARE_HEX.matcher(text).matches()) {
      throw invalid(text, "64 hex digits name an image id, not a repository");
    }
    int at = text.indexOf('@');
    @Nullable Digest digest = at < 0 ? null : digest(text, text.substring(at + 1));
    String rest = at < 0 ? text : text.substring(0, at);
    int colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
    @Nullable String tag = colon < 0 ? null : rest.substring(colon + 1);
    String name = colon < 0 ? rest : rest.substring(0, colon);
    if (tag != null && !TAG.matcher(tag).matches()) {
      throw invalid(text, "bad tag");
    }
    return new ImageReference(repository(text, name), tag, digest);
  }

  /** The reference to a repository's content of a digest, without a tag. */
  public static ImageReference of(Repository repository, Digest digest) {
    return new ImageReference(repository, null, digest);
  }

  /** The domain and the path. */
  public Repository repository() {
    return repository;
  }

  /** The registry's domain with its port, if any: {@code docker.io}, {@code localhost:5000}. */
  public String domain() {
    return repository.domain();
  }

  /** The tag, if one was given. */
  public Optional<String> tag() {
    return Optional.ofNullable(tag);
  }

  /** The digest, if one was given. */
  public Optional<Digest> digest() {
    return Optional.ofNullable(digest);
  }

  /** What a registry is asked for: the digest, else the tag, else {@code latest}. */
  public String identifier() {
    if (digest != null) {
      return digest.toString();
    }
    return tag == null ? "latest" : tag;
  }

  /** The same repository's content of the digest. */
  public ImageReference withDigest(Digest other) {
    return of(repository, other);
  }

  /**
   * The form in which a registry is asked: a digest without the tag, or a tag (SPEC 4.4, row 4).
   */
  public String lookupForm() {
    return repository + (digest == null ? ":" : "@") + identifier();
  }

  /** True if the text already is the normalised form of itself (SPEC 4.4, row 5). */
  public static boolean isCanonical(String text) {
    try {
      return parse(text).toString().equals(text);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImageReference that
        && repository.equals(that.repository)
        && Objects.equals(tag, that.tag)
        && Objects.equals(digest, that.digest);
  }

  @Override
  public int hashCode() {
    return Objects.hash(repository, tag, digest);
  }

  /** The normalised form with the parts that were given. */
  @Override
  public String toString() {
    return repository + (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
  }

  private static Repository repository(String text, String name) {
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean hasDomain = slash >= 0 && looksLikeDomain(first);
    String domain = hasDomain ? first : Repository.DOCKER_HUB;
    String path = hasDomain ? name.substring(slash + 1) : name;
    if (domain.equals("index.docker.io")) {
      domain = Repository.DOCKER_HUB;
    }
    if (domain.equals(Repository.DOCKER_HUB) && path.indexOf('/') < 0) {
      path = "library/" + path;
    }
    try {
      return new Repository(domain, path);
    } catch (IllegalArgumentException e) {
      throw invalid(text, String.valueOf(e.getMessage()));
    }
  }

  private static boolean looksLikeDomain(String first) {
    return first.equals("localhost")
        || first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || first.chars().anyMatch(Character::isUpperCase);
  }

  private static Digest digest(String text, String digest) {
    try {
      return Digest.parse(digest);
    } catch (IllegalArgumentException e) {
      throw invalid(text, String.valueOf(e.getMessage()));
    }
  }

  private static IllegalArgumentException invalid(String text, String why) {
    String shown = text.length() > 300 ? text.substring(0, 300) + "…" : text;
    return new IllegalArgumentException("invalid reference \"" + shown + "\": " + why);
  }
}
