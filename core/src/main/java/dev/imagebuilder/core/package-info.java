/**
 * The words of the program: references, sources, outcomes, events, and the ports between the rooms.
 */
@NullMarked
package dev.imagebuilder.core;

import org.jspecify.annotations.NullMarked;
