/**
 * How builds are shown: on a terminal, as plain lines, as JSON. A package of its own because it
 * knows the messages of the API, but neither commands nor connections.
 */
@NullMarked
package dev.imagebuilder.cli.output;

import org.jspecify.annotations.NullMarked;
