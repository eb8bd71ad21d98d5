package dev.imagebuilder.core.work;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs tasks side by side, each on a virtual thread, and returns only when all have ended. */
public final class Tasks {

  private Tasks() {}

  /**
   * Runs all tasks. The first failure interrupts the others.
   *
   * @return the results in the order of the tasks
   * @throws ExecutionException holds the first failure; the others' are suppressed in it
   */
  public static <T> List<T> allOf(List<Callable<T>> tasks)
      throws ExecutionException, InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var ended = new ExecutorCompletionService<T>(threads);
      List<Future<T>> all = new ArrayList<>();
      for (Callable<T> task : tasks) {
        all.add(ended.submit(task));
      }
      try {
        for (int i = 0; i < all.size(); i++) {
          ended.take().get();
        }
      } catch (ExecutionException | InterruptedException e) {
        threads.shutdownNow();
        throw e;
      }
      List<T> results = new ArrayList<>();
      for (Future<T> one : all) {
        results.add(one.resultNow());
      }
      return results;
    }
  }
}
