/**
 * Buildah as a program. A package of its own because it is one engine of several, and all it shares
 * with the pipeline is the port {@link dev.imagebuilder.core.Engine}.
 */
@NullMarked
package dev.imagebuilder.pipeline.buildah;

import org.jspecify.annotations.NullMarked;
