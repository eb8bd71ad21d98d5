/** The build service: what to build, with whose credentials, once, in which order, and its log. */
@NullMarked
package dev.imagebuilder.service;

import org.jspecify.annotations.NullMarked;
