/**
 * Structured concurrency on virtual threads: tasks that never outlive the block that started them,
 * work that is done once for all who want it, and what is remembered of it.
 */
@NullMarked
package dev.imagebuilder.core.work;

import org.jspecify.annotations.NullMarked;
