package dev.imagebuilder.pipeline.buildah;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DockerfileTextTest {

  @Test
  void continuationsAndCommentsAreReadAsDockerDoes() {
    DockerfileText text =
        DockerfileText.parse(
            """
            # escape=\\
            FROM a AS b

            # comment \\
            run --mount=type=cache,target=/c \\
              # inside
              one \\

              && two
            CMD x\
            """);

    assertThat(text.instructions())
        .containsExactly(
            new Instruction(2, "FROM", List.of(), "a AS b"),
            new Instruction(5, "RUN", List.of("--mount=type=cache,target=/c"), "one   && two"),
            new Instruction(10, "CMD", List.of(), "x"));
  }

  @Test
  void escapeDirectiveChangesTheSign() {
    DockerfileText text = DockerfileText.parse("# escape=`\nRUN a `\n b\nRUN c \\\nRUN d\n");

    assertThat(text.instructions())
        .extracting(Instruction::arguments)
        .containsExactly("a  b", "c \\", "d");
  }

  @Test
  void flagsCannotHideInQuotesOrBackslashes() {
    Instruction run = Instruction.of(1, "RUN --mo\"un\"t=ty\\pe='bind',source=/x  --y cmd --z");

    assertThat(run.flags()).containsExactly("--mount=type=bind,source=/x", "--y");
    assertThat(run.arguments()).isEqualTo("cmd --z");
  }

  @Test
  void hereDocumentsAreFoundAndTheirLinesAreNoInstructions() {
    DockerfileText text =
        DockerfileText.parse(
            """
            FROM a
            RUN <<EOF cat > /x && <<-'TWO' wc
            FROM evil
            RUN --mount=from=x y
            EOF
            b
            \tTWO
            CMD c
            """);

    assertThat(text.hereDocumentLine()).isEqualTo(2);
    assertThat(text.instructions())
        .extracting(Instruction::keyword)
        .containsExactly("FROM", "RUN", "CMD");
    assertThat(text.suspects()).hasSize(1);
  }

  @Test
  void shiftsAndHereStringsAreNoHereDocuments() {
    DockerfileText text =
        DockerfileText.parse(
            """
            FROM a
            RUN echo $((1 <<2)) $((1<<X))
            RUN cat <<<word
            RUN ["cat", "<<EOF"]
            ENV x=<<EOF
            """);

    assertThat(text.hereDocumentLine()).isZero();
    assertThat(text.instructions()).hasSize(5);
  }

  @Test
  void onbuildIsUnwrapped() {
    assertThat(Instruction.of(3, "ONBUILD onbuild RUN --mount=type=tmpfs x").unwrapped())
        .isEqualTo(new Instruction(3, "RUN", List.of("--mount=type=tmpfs"), "x"));
  }
}
