package dev.imagebuilder.cli;

import dev.imagebuilder.core.ImageReference;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;

/** What the user wants to have built: the argument SOURCE. */
sealed interface Source {
  String HOME = System.getProperty("user.home", "");

  /**
   * A git repository over HTTP.
   *
   * @param url without user, password and fragment
   * @param ref a branch, a tag or a commit; empty for the remote's default branch
   * @param directory below the repository's root, empty for the root itself
   */
  record Git(String url, String ref, String directory) implements Source {}

  /**
   * A folder of this machine.
   *
   * @param folder absolute, no link
   */
  record Directory(Path folder) implements Source {}

  /** An image that exists, as typed. */
  record Image(String reference) implements Source {}

  /**
   * Reads a folder's path, {@code https://host/repository[#ref[:directory]]} or an image reference.
   * What is there as a folder, or looks like a path, is a folder.
   *
   * @throws CommandFailure if it is nothing of that, or the folder is not there
   */
  static Source parse(String text) throws CommandFailure {
    if (text.contains("://")) {
      return git(text);
    }
    if (isDirectory(text)) {
      return new Directory(folder(text));
    }
    if (text.matches("[^/]+@[^/]+:.+") && !text.contains("@sha")) {
      throw CommandFailure.usage(
          "\"" + text + "\" is a git address over ssh; only https:// and http:// are supported");
    }
    try {
      ImageReference.parse(text);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          e.getMessage() + "; SOURCE is a directory, a git URL (https://…) or an image reference");
    }
    return new Image(text);
  }

  private static Git git(String text) throws CommandFailure {
    int hash = text.indexOf('#');
    String url = hash < 0 ? text : text.substring(0, hash);
    String fragment = hash < 0 ? "" : text.substring(hash + 1);
    checkUrl(url);
    int colon = fragment.indexOf(':');
    String ref = colon < 0 ? fragment : fragment.substring(0, colon);
    return new Git(url, ref, colon < 0 ? "" : fragment.substring(colon + 1));
  }

  private static void checkUrl(String url) throws CommandFailure {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      // The exception's own text repeats the URL, which may hold a password.
      throw CommandFailure.usage("SOURCE is no URL: " + e.getReason());
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw CommandFailure.usage(
          "git over " + scheme + ":// is not supported; use https:// (or http://)");
    }
    if (uri.getRawUserInfo() != null) {
      throw CommandFailure.usage(
          "a user or password in the URL ends up in shell histories and process lists; use"
              + " --git-user NAME and "
              + GitLoginOptions.PASSWORD_VARIABLE
              + " in the environment");
    }
    if (uri.getHost() == null) {
      throw CommandFailure.usage("\"" + url + "\" names no host");
    }
  }

  private static Path folder(String text) throws CommandFailure {
    String path = text.replaceFirst("^~(?=/|$)", Matcher.quoteReplacement(HOME));
    try {
      Path folder = Path.of(path).toRealPath();
      if (!Files.isDirectory(folder)) {
        throw CommandFailure.usage(
            "\"" + text + "\" is a file; SOURCE is its folder, and --file names the Dockerfile");
      }
      return folder;
    } catch (NoSuchFileException | InvalidPathException _) {
      throw CommandFailure.usage("there is no directory \"" + text + "\"");
    } catch (IOException e) {
      throw CommandFailure.usage("cannot open the directory \"" + text + "\": " + e.getMessage());
    }
  }

  private static boolean isDirectory(String text) {
    if (text.startsWith(".") || text.startsWith("/") || text.startsWith("~")) {
      return true;
    }
    try {
      return Files.isDirectory(Path.of(text));
    } catch (InvalidPathException _) {
      return false;
    }
  }
}
