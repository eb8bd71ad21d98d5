package dev.imagebuilder.core;

import java.time.Instant;

/**
 * A build that runs and was started by another process, or by an earlier run of this one.
 *
 * @param owner who triggered it, as far as the backend knows; empty if it does not
 * @param startedAt as the backend tells it; to the second
 */
public record FoundBuild(
    BuildId id, String owner, String baseRef, String workspaceRef, Instant startedAt) {}
