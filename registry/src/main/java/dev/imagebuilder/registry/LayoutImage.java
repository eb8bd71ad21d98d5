package dev.imagebuilder.registry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.core.RegistryException;
import dev.imagebuilder.core.RegistryException.Exchange;
import dev.imagebuilder.core.RegistryException.Reason;
import dev.imagebuilder.core.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The one image of an OCI image layout on disk.
 *
 * @see "OCI image-spec, image-layout.md"
 */
final class LayoutImage implements ImageSource {
  private final Path folder;
  private final Purpose purpose;

  LayoutImage(Path folder, Purpose purpose) {
    this.folder = folder;
    this.purpose = purpose;
  }

  @Override
  public Manifest root() throws RegistryException {
    byte[] index = bytes(folder.resolve("index.json"));
    List<Descriptor> entries;
    try {
      entries = new Manifest(index, MediaTypes.OCI_INDEX, Digest.of(index)).entries();
    } catch (Manifest.Malformed e) {
      throw broken("its index.json " + e.getMessage(), null);
    }
    if (entries.size() != 1) {
      throw broken("its index.json lists " + entries.size() + " images instead of one", null);
    }
    return manifest(entries.getFirst());
  }

  @Override
  public Manifest manifest(Digest digest) throws RegistryException {
    return manifest(new Descriptor(digest, 0, ""));
  }

  @Override
  public Content blob(Descriptor blob) {
    Path file = file(blob.digest());
    return new Content(blob.size(), () -> open(file, blob));
  }

  @Override
  public Optional<Repository> repository() {
    return Optional.empty();
  }

  private Manifest manifest(Descriptor descriptor) throws RegistryException {
    Digest digest = descriptor.digest();
    byte[] bytes = bytes(file(digest));
    Digest actual = Digest.of(digest.algorithm(), digest.algorithm().hasher().digest(bytes));
    if (!actual.equals(digest)) {
      throw broken("its file of " + digest + " hashes to " + actual, null);
    }
    return new Manifest(bytes, descriptor.mediaType(), digest);
  }

  private InputStream open(Path file, Descriptor blob) throws RegistryException {
    try {
      return new VerifiedStream(Files.newInputStream(file), blob, new Layout());
    } catch (IOException e) {
      throw broken("no file of " + blob.digest() + ": " + e, e);
    }
  }

  private Path file(Digest digest) {
    return folder.resolve("blobs").resolve(digest.algorithm().toString()).resolve(digest.hex());
  }

  private byte[] bytes(Path file) throws RegistryException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(Manifest.LARGEST + 1);
      if (bytes.length > Manifest.LARGEST) {
        throw broken(file.getFileName() + " is above 4 MiB", null);
      }
      return bytes;
    } catch (IOException e) {
      throw broken(file.getFileName() + " cannot be read: " + e, e);
    }
  }

  private RegistryException broken(
      String why, @org.jspecify.annotations.Nullable IOException cause) {
    Repository repository = purpose.repository();
    Exchange none =
        new Exchange("", repository.domain(), repository.path(), null, List.of(), null, 1);
    String what = purpose.words() + ": the image layout that was built is broken: " + why;
    return new RegistryException(Reason.OTHER, what, none, cause);
  }

  /** Blames the files. */
  private final class Layout implements VerifiedStream.Blame {
    @Override
    public RegistryException broken(IOException cause) {
      return LayoutImage.this.broken(String.valueOf(cause.getMessage()), cause);
    }

    @Override
    public RegistryException wrong(String what) {
      return LayoutImage.this.broken(what, null);
    }
  }
}
