package dev.imagebuilder.buildkit;

import java.util.Optional;

/**
 * Which daemon builds.
 *
 * @param found how it was found, for people: {@code configured}, {@code its usual socket}
 */
public record BuildkitOptions(
    BuildkitAddress address, Optional<BuildkitTls> tls, String found) {}
