/**
 * The small HTTP ports for the platform's own use: metrics, health, debugging. A package of its
 * own, since nothing of it knows what the service is for.
 */
@NullMarked
package dev.imagebuilder.server.http;

import org.jspecify.annotations.NullMarked;
