/**
 * Structured concurrency on virtual threads: tasks that never outlive the block that started them.
 */
@NullMarked
package dev.imagebuilder.core.work;

import org.jspecify.annotations.NullMarked;
