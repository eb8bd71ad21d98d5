/** The program {@code image-builder}: one class per command, and what the commands share. */
@NullMarked
package dev.imagebuilder.cli;

import org.jspecify.annotations.NullMarked;
