package dev.imagebuilder.buildkit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a daemon calls a step: {@code [2/5] RUN make}, {@code [app 2/5] RUN make}, or something of
 * its own such as {@code exporting to image}.
 *
 * @param number in its stage, from 1; 0 if it is no instruction
 * @param of how many its stage has; 0 if it is no instruction
 * @param instruction or the whole name, if it is none
 */
record StepName(int number, int of, String instruction) {
  private static final Pattern INSTRUCTION =
      Pattern.compile("\\[(?:\\S.* )?(\\d{1,6})/(\\d{1,6})] (.*)", Pattern.DOTALL);
  private static final int LONGEST = 300;

  static StepName parse(String name) {
    Matcher matcher = INSTRUCTION.matcher(name);
    return matcher.matches()
        ? new StepName(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            matcher.group(3))
        : new StepName(0, 0, name);
  }

  boolean isInstruction() {
    return of > 0;
  }

  /** For messages: {@code 2/5 "RUN make"}. */
  String shown() {
    return (isInstruction() ? number + "/" + of + " " : "") + "\"" + shortened(instruction) + "\"";
  }

  static String shortened(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
