package dev.imagebuilder.buildkit.docker;

/** Hears how a push goes. */
@FunctionalInterface
public interface PushListener {

  /**
   * A layer went on.
   *
   * @param layer short name of it
   * @param status {@code Preparing}, {@code Pushing}, {@code Pushed}, {@code Layer already exists},
   *     {@code Retrying in 5 seconds} and so on down to 1
   * @param done bytes so far
   * @param total 0 if not known
   */
  void layer(String layer, String status, long done, long total);
}
