package dev.imagebuilder.backend.wsmanager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class OwnerLabelTest {

  @Test
  void labelValuesStayAsTheyAre() {
    for (String owner :
        List.of(
            "", "eve", "a", "93e5ae6c-9a3d-4ff2-9c1a-0c2b6d6f4a44", "A_b.c-1", "x".repeat(63))) {
      assertThat(OwnerLabel.of(owner)).isEqualTo(owner);
    }
  }

  @Test
  void otherOwnersBecomeLabelValuesThatDiffer() {
    List<String> owners =
        List.of(
            "eve@example.com",
            "eve+example.com",
            "x".repeat(64),
            "x".repeat(65),
            "-eve",
            "eve-",
            "@@@",
            "ümit",
            "a/b",
            "___");

    List<String> labels = owners.stream().map(OwnerLabel::of).toList();

    assertThat(labels).doesNotHaveDuplicates();
    assertThat(labels)
        .allMatch(label -> label.matches("[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"));
    assertThat(labels.getFirst()).startsWith("eve-example.com-");
  }
}
