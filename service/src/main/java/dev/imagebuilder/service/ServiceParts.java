package dev.imagebuilder.service;

import dev.imagebuilder.core.BuildBackend;
import dev.imagebuilder.core.CredentialSource;
import dev.imagebuilder.core.Images;
import java.time.InstantSource;

/**
 * What the build service is put together from.
 *
 * @param installation the installation's credentials; several sources go into one {@link FirstOf}
 * @param clock tells when builds started and ended; waits do not depend on it
 */
public record ServiceParts(
    Images images,
    CredentialSource installation,
    BuildBackend backend,
    BuildCounters counters,
    InstantSource clock) {}
