/**
 * What a daemon may ask of us while it builds, and the tunnel through which it asks. A package of
 * its own because all that is secret in a build goes through here and nowhere else.
 */
@NullMarked
package dev.imagebuilder.buildkit.session;

import org.jspecify.annotations.NullMarked;
