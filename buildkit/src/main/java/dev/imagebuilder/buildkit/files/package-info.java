/**
 * Trees of files as BuildKit receives them: which belong to them, in which order, in which packets.
 * A package of its own because it knows nothing of builds, and the command line uses it alone.
 */
@NullMarked
package dev.imagebuilder.buildkit.files;

import org.jspecify.annotations.NullMarked;
