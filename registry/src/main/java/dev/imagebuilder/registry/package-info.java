/** OCI registries: credentials, authentication, transport, resolve, copy, push. */
@NullMarked
package dev.imagebuilder.registry;

import org.jspecify.annotations.NullMarked;
