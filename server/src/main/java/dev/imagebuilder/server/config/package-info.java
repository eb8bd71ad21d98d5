/**
 * The configuration file: one record per group of keys, and what is made from the records: the
 * reader, the JSON schema and the reference page. A package of its own, since client commands show
 * the schema without loading the server.
 */
@NullMarked
package dev.imagebuilder.server.config;

import org.jspecify.annotations.NullMarked;
