/** The service as a process: configuration, wiring, listeners, metrics, health, shutdown. */
@NullMarked
package dev.imagebuilder.server;

import org.jspecify.annotations.NullMarked;
