/** A small OCI registry on disk: what quickstart pushes to, and a fixture of the tests. */
@NullMarked
package dev.imagebuilder.devregistry;

import org.jspecify.annotations.NullMarked;
