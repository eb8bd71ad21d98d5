/** Makes small git repositories and serves them over loopback HTTP, without a git program. */
@NullMarked
package dev.imagebuilder.devgit;

import org.jspecify.annotations.NullMarked;
