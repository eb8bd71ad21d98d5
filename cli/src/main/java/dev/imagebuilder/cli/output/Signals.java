package dev.imagebuilder.cli.output;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Hears a signal, such as INT or WINCH. The JDK's one way to, {@code sun.misc.Signal}, is supported
 * (JEP 260) but cannot be named without a compiler warning that nothing switches off; so it is
 * called by reflection.
 */
public final class Signals implements AutoCloseable {
  private final @Nullable Object signal;
  private final @Nullable Object before;

  private Signals(@Nullable Object signal, @Nullable Object before) {
    this.signal = signal;
    this.before = before;
  }

  /**
   * Runs an action, on a thread of its own, whenever the signal comes, until this is closed. Where
   * the JVM does not let us, nothing is heard, and the signal does what it does to any program.
   */
  public static Signals on(String name, Runnable action) {
    try {
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> invoke(proxy, method, arguments, action));
      Object signal =
          Class.forName("sun.misc.Signal").getConstructor(String.class).newInstance(name);
      return new Signals(signal, handle(signal, ours));
    } catch (ReflectiveOperationException | IllegalArgumentException _) {
      return new Signals(null, null);
    }
  }

  /** From now on the signal does again what it did before. */
  @Override
  public void close() {
    if (signal != null && before != null) {
      try {
        var _ = handle(signal, before);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a handler that was there is taken again", e);
      }
    }
  }

  private static Object handle(Object signal, Object handler) throws ReflectiveOperationException {
    Method method =
        signal
            .getClass()
            .getMethod("handle", signal.getClass(), Class.forName("sun.misc.SignalHandler"));
    return method.invoke(null, signal, handler);
  }

  @SuppressWarnings("ReferenceEquality") // That is what equals means for a handler.
  private static @Nullable Object invoke(
      Object proxy, Method method, Object @Nullable [] arguments, Runnable action) {
    return switch (method.getName()) {
      case "handle" -> {
        action.run();
        yield null;
      }
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "handler of a signal";
    };
  }
}
