package dev.imagebuilder.core;

/** Where an engine keeps the layers of its steps for other machines, beside its own store. */
public sealed interface LayerCache {

  /** Nowhere. */
  record Off() implements LayerCache {}

  /**
   * In the image itself, which goes by this name as well: only the layers that the image has.
   *
   * @param ref the newest image of the same source
   */
  record Inline(ImageReference ref) implements LayerCache {}

  /**
   * Under a name of its own: the layers of all stages.
   *
   * @param ref of the cache
   */
  record InRegistry(ImageReference ref) implements LayerCache {}
}
