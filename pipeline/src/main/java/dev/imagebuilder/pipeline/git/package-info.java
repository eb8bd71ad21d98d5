/**
 * Fetches git sources. A package of its own because nothing outside it may see JGit, which trusts
 * its callers with URLs, redirects and configuration files.
 */
@NullMarked
package dev.imagebuilder.pipeline.git;

import org.jspecify.annotations.NullMarked;
