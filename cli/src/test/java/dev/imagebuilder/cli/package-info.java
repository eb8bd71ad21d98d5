/** Tests of the program. */
@NullMarked
package dev.imagebuilder.cli;

import org.jspecify.annotations.NullMarked;
