/** Every outgoing connection: trusted authorities, proxies, HTTP clients. */
@NullMarked
package dev.imagebuilder.net;

import org.jspecify.annotations.NullMarked;
