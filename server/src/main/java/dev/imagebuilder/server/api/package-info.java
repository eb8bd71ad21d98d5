/**
 * The gRPC services: mapping between the wire and the build service, calls on threads of their own,
 * statuses. A package of its own, since nothing but it knows the generated types.
 */
@NullMarked
package dev.imagebuilder.server.api;

import org.jspecify.annotations.NullMarked;
