package dev.imagebuilder.backend.wsmanager;

import dev.imagebuilder.net.MutualTlsFiles;
import org.jspecify.annotations.Nullable;

/**
 * How builds run in workspaces.
 *
 * @param address {@code host:port} of ws-manager, or another target that gRPC knows
 * @param tls our certificate and whom we trust; null for plaintext
 * @param builderImage bob's
 * @param pullSecret name of the Kubernetes secret with the registries' credentials; may be empty
 */
public record WsManagerOptions(
    String address,
    @Nullable MutualTlsFiles tls,
    String builderImage,
    String pullSecret,
    Patience patience) {}
