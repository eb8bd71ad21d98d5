package dev.imagebuilder.net;

/** The settings of the network do not work: an unreadable certificate, a proxy that is no URL. */
public final class NetworkException extends Exception {

  /** Says which setting, its value without secrets, and what is wrong with it. */
  public NetworkException(String message) {
    super(message);
  }
}
