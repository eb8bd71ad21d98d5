package dev.imagebuilder.core;

/**
 * What an image runs on, in the words of the OCI image-spec: {@code linux}, {@code arm64}, {@code
 * v8}; the variant is empty where there is none.
 */
public record Platform(String os, String architecture, String variant) {

  /** The only platform of mk3 (SPEC 6.1). */
  public static final Platform LINUX_AMD64 = new Platform("linux", "amd64", "");

  /**
   * Reads {@code os/architecture} or {@code os/architecture/variant}.
   *
   * @throws IllegalArgumentException if the text has another shape
   */
  public static Platform parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty() || parts[1].isEmpty()) {
      throw new IllegalArgumentException(
          "not a platform, expected os/architecture[/variant]: " + text);
    }
    return new Platform(parts[0], parts[1], parts.length == 3 ? parts[2] : "");
  }

  /** The platform of this machine. */
  public static Platform ofThisMachine() {
    String arch = System.getProperty("os.arch");
    return switch (arch) {
      case "aarch64" -> new Platform("linux", "arm64", "");
      case "amd64", "x86_64" -> LINUX_AMD64;
      default -> new Platform("linux", arch, "");
    };
  }

  /** True if both have the same system and architecture; variants are not compared. */
  public boolean matches(Platform other) {
    return os.equals(other.os) && architecture.equals(other.architecture);
  }

  @Override
  public String toString() {
    return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}
