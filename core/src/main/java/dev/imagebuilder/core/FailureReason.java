package dev.imagebuilder.core;

import java.util.Locale;

/** Why a build failed: a closed set that programs can rely on. */
public enum FailureReason {
  DOCKERFILE_MISSING(Retry.USELESS),
  DOCKERFILE_INVALID(Retry.USELESS),
  STEP_FAILED(Retry.USELESS),
  SOURCE_UNREACHABLE(Retry.MAY_HELP),
  SOURCE_DENIED(Retry.USELESS),
  BASE_IMAGE_MISSING(Retry.USELESS),
  REGISTRY_DENIED(Retry.USELESS),
  REGISTRY_RATE_LIMITED(Retry.MAY_HELP),
  REGISTRY_ERROR(Retry.MAY_HELP),
  ENGINE_LOST(Retry.MAY_HELP),
  WORKSPACE_LOST(Retry.MAY_HELP),
  BACKEND_UNAVAILABLE(Retry.MAY_HELP),
  BACKEND_REFUSED(Retry.USELESS),
  QUEUE_TIMEOUT(Retry.MAY_HELP),
  DISK_FULL(Retry.MAY_HELP),
  IMAGE_MISSING_AFTER_BUILD(Retry.MAY_HELP),
  INTERNAL(Retry.USELESS);

  private final Retry retry;

  FailureReason(Retry retry) {
    this.retry = retry;
  }

  /** True if the same request may succeed later without anybody changing anything. */
  public boolean isRetryable() {
    return retry == Retry.MAY_HELP;
  }

  /** True if another caller, with other credentials, may succeed (DESIGN: single-flight). */
  public boolean dependsOnCredentials() {
    return this == SOURCE_DENIED || this == REGISTRY_DENIED || this == BASE_IMAGE_MISSING;
  }

  /** The name in records and JSON: {@code dockerfile-missing}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private enum Retry {
    MAY_HELP,
    USELESS
  }
}
