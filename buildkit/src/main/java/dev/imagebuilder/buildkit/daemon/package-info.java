/**
 * A buildkitd that we start and end. A package of its own because builds do not care whose daemon
 * it is.
 */
@NullMarked
package dev.imagebuilder.buildkit.daemon;

import org.jspecify.annotations.NullMarked;
