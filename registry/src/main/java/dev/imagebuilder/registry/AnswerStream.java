package dev.imagebuilder.registry;

import java.io.FilterInputStream;
import java.io.IOException;

/** The body of an answer that is kept open as long as the stream is. */
final class AnswerStream extends FilterInputStream {
  private final Answer answer;

  AnswerStream(Answer answer) {
    super(answer.body());
    this.answer = answer;
  }

  @Override
  public void close() throws IOException {
    answer.close();
  }
}
