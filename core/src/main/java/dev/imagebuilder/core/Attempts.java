package dev.imagebuilder.core;

/** How often a registry is asked before a look-up fails (SPEC 6.5, use_retry_client). */
public enum Attempts {
  /** Once. */
  ONE,
  /** Up to four times, on faults that may pass. */
  SEVERAL
}
