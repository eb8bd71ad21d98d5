package dev.imagebuilder.cli.output;

/** How many columns of a terminal a text takes. Good enough to cut lines, not to set tables. */
final class TextWidth {
  private static final String MORE = "…";

  /** First and last of the ranges that Unicode calls wide (UAX 11), and of emoji. */
  private static final int[][] WIDE = {
    {0x1100, 0x115f},
    {0x231a, 0x231b},
    {0x23e9, 0x23ec},
    {0x2614, 0x2615},
    {0x26a1, 0x26a1},
    {0x2705, 0x2705},
    {0x270a, 0x270b},
    {0x2728, 0x2728},
    {0x274c, 0x274c},
    {0x2753, 0x2757},
    {0x2e80, 0x303e},
    {0x3041, 0xa4cf},
    {0xa960, 0xa97f},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff00, 0xff60},
    {0xffe0, 0xffe6},
    {0x1f000, 0x1f02f},
    {0x1f18e, 0x1f19a},
    {0x1f200, 0x1f64f},
    {0x1f680, 0x1f6ff},
    {0x1f7e0, 0x1f7eb},
    {0x1f900, 0x1f9ff},
    {0x1fa70, 0x1faff},
    {0x20000, 0x3fffd}
  };

  private TextWidth() {}

  /** The columns of a text without control characters. */
  static int of(String text) {
    return text.codePoints().map(TextWidth::of).sum();
  }

  /** As much of a text as the columns hold, with an ellipsis if that is not all of it. */
  static String cut(String text, int columns) {
    if (columns <= 0) {
      return "";
    }
    int width = 0;
    int fits = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      width += of(c);
      if (width > columns) {
        return text.substring(0, fits) + MORE;
      }
      i += Character.charCount(c);
      if (width < columns) {
        fits = i; // the ellipsis would still have its column
      }
    }
    return text;
  }

  private static int of(int c) {
    if (c < 0x300) {
      return 1;
    }
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> isWide(c) ? 2 : 1;
    };
  }

  private static boolean isWide(int c) {
    for (int[] range : WIDE) {
      if (c >= range[0] && c <= range[1]) {
        return true;
      }
    }
    return false;
  }
}
