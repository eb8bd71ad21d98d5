/** Our own log: one line per event on stderr, as JSON or as text, with sensitive fields hidden. */
@NullMarked
package dev.imagebuilder.logging;

import org.jspecify.annotations.NullMarked;
