/**
 * BuildKit through its API. This package has what builds: the connection, one build, its progress
 * and its failures. The packages beside it are what a build stands on.
 */
@NullMarked
package dev.imagebuilder.buildkit;

import org.jspecify.annotations.NullMarked;
