/** Measures the program beside its peers; results go to docs/benchmarks.md. */
@NullMarked
package dev.imagebuilder.bench;

import org.jspecify.annotations.NullMarked;
