package dev.imagebuilder.devregistry;

import dev.imagebuilder.core.Digest;
import dev.imagebuilder.devregistry.ManifestStore.Stored;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * What there is: repositories, tags, and manifests about a manifest.
 *
 * @see "OCI distribution-spec v1.1, Content Discovery"
 */
final class ListHandler {
  private static final JsonMapper JSON = new JsonMapper();

  private final Layout layout;
  private final ManifestStore manifests;

  ListHandler(Storage storage) {
    this.layout = storage.layout();
    this.manifests = storage.manifests();
  }

  void catalog(Call call) throws IOException, Refusal {
    List<String> names = new ArrayList<>();
    for (RepositoryName name : layout.names()) {
      if (!manifests.list(name).isEmpty()) {
        names.add(name.text());
      }
    }
    call.answerJson(200, Map.of("repositories", page(call, names)));
  }

  void tags(Call call, RepositoryName name) throws IOException, Refusal {
    if (!Files.exists(layout.repository(name))) {
      throw Refusal.unknownName(name);
    }
    List<String> page = page(call, manifests.tags(name));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", name.text());
    body.put("tags", page);
    call.answerJson(200, body);
  }

  void referrers(Call call, RepositoryName name, Digest subject) throws IOException, Refusal {
    Optional<String> type = call.query("artifactType");
    List<Map<String, Object>> descriptors = new ArrayList<>();
    for (Digest digest : manifests.referrers(name, subject)) {
      Optional<Stored> stored = manifests.get(name, digest);
      if (stored.isEmpty()) {
        continue;
      }
      Manifest manifest = ManifestStore.parsed(stored.get());
      if (type.isEmpty() || type.get().equals(manifest.artifactType())) {
        descriptors.add(descriptor(digest, stored.get().bytes().length, manifest));
      }
    }
    if (type.isPresent()) {
      call.with("OCI-Filters-Applied", "artifactType");
    }
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("schemaVersion", 2);
    index.put("mediaType", Manifest.OCI_INDEX);
    index.put("manifests", descriptors);
    call.answer(200, Manifest.OCI_INDEX, JSON.writeValueAsBytes(index));
  }

  private static Map<String, Object> descriptor(Digest digest, int size, Manifest manifest) {
    Map<String, Object> descriptor = new LinkedHashMap<>();
    descriptor.put("mediaType", manifest.mediaType());
    descriptor.put("digest", digest.toString());
    descriptor.put("size", size);
    if (!manifest.artifactType().isEmpty()) {
      descriptor.put("artifactType", manifest.artifactType());
    }
    if (!manifest.annotations().isEmpty()) {
      descriptor.put("annotations", manifest.annotations());
    }
    return descriptor;
  }

  /** The part of a sorted list that is asked for by {@code n} and {@code last}. */
  private static List<String> page(Call call, List<String> all) throws Refusal {
    Optional<String> last = call.query("last");
    List<String> rest =
        last.isEmpty() ? all : all.stream().filter(one -> one.compareTo(last.get()) > 0).toList();
    int n = size(call, rest.size());
    if (n == 0 || n >= rest.size()) {
      return rest.subList(0, Math.min(n, rest.size()));
    }
    List<String> page = rest.subList(0, n);
    String next = URLEncoder.encode(page.getLast(), StandardCharsets.UTF_8);
    call.with("Link", "<" + call.rawPath() + "?n=" + n + "&last=" + next + ">; rel=\"next\"");
    return page;
  }

  private static int size(Call call, int all) throws Refusal {
    Optional<String> n = call.query("n");
    if (n.isEmpty()) {
      return all;
    }
    if (!n.get().matches("[0-9]{1,9}")) {
      throw new Refusal(400, Refusal.Code.UNSUPPORTED, "the parameter n is a count");
    }
    return Integer.parseInt(n.get());
  }
}
