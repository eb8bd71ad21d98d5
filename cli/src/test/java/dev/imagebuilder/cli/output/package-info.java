/** Tests of how builds are shown. */
@NullMarked
package dev.imagebuilder.cli.output;

import org.jspecify.annotations.NullMarked;
