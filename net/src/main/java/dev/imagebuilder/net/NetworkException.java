package dev.imagebuilder.net;

import java.util.List;

/** The settings of the network do not work: an unreadable certificate, a proxy that is no URL. */
public final class NetworkException extends Exception {
  private final transient List<String> faults;

  /** Says which setting, its value without secrets, and what is wrong with it. */
  public NetworkException(String message) {
    this(List.of(message));
  }

  /** Says the same of several settings. */
  public NetworkException(List<String> faults) {
    super(String.join("; ", faults));
    this.faults = List.copyOf(faults);
  }

  /** What is wrong, one by one. */
  public List<String> faults() {
    return faults;
  }
}
