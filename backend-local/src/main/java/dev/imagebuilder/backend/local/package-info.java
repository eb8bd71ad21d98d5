/** Runs builds on this machine. */
@NullMarked
package dev.imagebuilder.backend.local;

import org.jspecify.annotations.NullMarked;
