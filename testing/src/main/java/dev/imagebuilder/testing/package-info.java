/** Real peers, fakes and fault injection for the tests of the rooms above core. */
@NullMarked
package dev.imagebuilder.testing;

import org.jspecify.annotations.NullMarked;
