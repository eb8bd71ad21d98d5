@NullUnmarked
package dev.imagebuilder.server.tracing;

import org.jspecify.annotations.NullUnmarked;
