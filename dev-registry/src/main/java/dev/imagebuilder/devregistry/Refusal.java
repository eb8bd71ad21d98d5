package dev.imagebuilder.devregistry;

/**
 * Why a request is not served: an HTTP status, an error code of the distribution-spec and a
 * sentence.
 *
 * @see "OCI distribution-spec v1.1, Error Codes"
 */
final class Refusal extends Exception {
  private final int status;
  private final Code code;

  Refusal(int status, Code code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  static Refusal badName(String name) {
    return new Refusal(400, Code.NAME_INVALID, "not a repository name: " + shortened(name));
  }

  static Refusal unknownName(RepositoryName name) {
    return new Refusal(404, Code.NAME_UNKNOWN, "no repository " + name);
  }

  static Refusal badDigest(String why) {
    return new Refusal(400, Code.DIGEST_INVALID, shortened(why));
  }

  static Refusal unknownBlob(RepositoryName name, Object digest) {
    return new Refusal(404, Code.BLOB_UNKNOWN, "no blob " + digest + " in " + name);
  }

  static Refusal unknownManifest(RepositoryName name, String reference) {
    return new Refusal(
        404, Code.MANIFEST_UNKNOWN, "no manifest " + shortened(reference) + " in " + name);
  }

  static Refusal badManifest(String why) {
    return new Refusal(400, Code.MANIFEST_INVALID, shortened(why));
  }

  static Refusal method(String method) {
    return new Refusal(405, Code.UNSUPPORTED, "method not supported here: " + method);
  }

  int status() {
    return status;
  }

  Code code() {
    return code;
  }

  String sentence() {
    return String.valueOf(getMessage());
  }

  private static String shortened(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }

  /** The codes of the distribution-spec that this registry uses. */
  enum Code {
    BLOB_UNKNOWN,
    BLOB_UPLOAD_INVALID,
    BLOB_UPLOAD_UNKNOWN,
    DIGEST_INVALID,
    MANIFEST_BLOB_UNKNOWN,
    MANIFEST_INVALID,
    MANIFEST_UNKNOWN,
    NAME_INVALID,
    NAME_UNKNOWN,
    SIZE_INVALID,
    UNSUPPORTED,
    /** Not the spec's, but what every registry says when the fault is its own. */
    UNKNOWN
  }
}
