package dev.imagebuilder.cli.output;

/** How much a terminal shows at once. */
record TerminalSize(int columns, int rows) {
  /** Where a terminal does not say. */
  static final TerminalSize USUAL = new TerminalSize(80, 24);
}
