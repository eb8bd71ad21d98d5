package dev.imagebuilder.bench;

import java.util.List;

/** Runs the benchmarks that are named, or all, and prints each result as a row of a table. */
public final class Main {
  private static final List<String> ALL =
      List.of("start", "hit", "builds", "copy", "buildkit", "wsmanager");

  private Main() {}

  /**
   * Expects names of benchmarks, or what benchmarks start as processes of their own: {@code
   * copy-once FROM TO}, one copy by our client, and {@code cluster}.
   */
  public static void main(String[] args) throws Exception {
    if (args.length == 3 && args[0].equals("copy-once")) {
      CopyBench.once(args[1], args[2]);
      return;
    }
    if (args.length == 1 && args[0].equals("cluster")) {
      Cluster.main();
      return;
    }
    System.out.println("| what | measured |");
    System.out.println("| --- | --- |");
    for (String name : args.length == 0 ? ALL : List.of(args)) {
      switch (name) {
        case "start" -> ServiceBench.start();
        case "hit" -> ServiceBench.hit();
        case "builds" -> ServiceBench.builds();
        case "copy" -> CopyBench.run();
        case "buildkit" -> BuildkitBench.run();
        case "wsmanager" -> WsManagerBench.run();
        default -> throw new IllegalArgumentException("no benchmark is named " + name);
      }
    }
  }

  /** Prints one row. */
  static void row(String what, String measured) {
    System.out.println("| " + what + " | " + measured + " |");
  }
}
