/** One build on one machine: source, engine, base image, workspace image. */
@NullMarked
package dev.imagebuilder.pipeline;

import org.jspecify.annotations.NullMarked;
