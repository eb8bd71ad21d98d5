/** A Docker Engine's own API: who it is, the names in its image store, its push. */
@NullMarked
package dev.imagebuilder.buildkit.docker;

import org.jspecify.annotations.NullMarked;
