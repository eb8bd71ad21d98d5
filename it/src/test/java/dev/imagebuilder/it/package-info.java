/** The program as its users see it: real registries, real engine, real git, real processes. */
@NullMarked
package dev.imagebuilder.it;

import org.jspecify.annotations.NullMarked;
