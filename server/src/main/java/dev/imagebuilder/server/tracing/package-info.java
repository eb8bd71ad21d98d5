/**
 * Traces of calls, by OpenTelemetry (SPEC 9.9). A package of its own, since nothing of the SDK is
 * loaded unless the environment asks for traces.
 */
@NullMarked
package dev.imagebuilder.server.tracing;

import org.jspecify.annotations.NullMarked;
