package dev.imagebuilder.devregistry;

/**
 * What a cleaning has removed.
 *
 * @param manifests old ones without a tag
 * @param blobs contents that no repository had any more, manifests' among them
 * @param bytes their size
 */
public record GcReport(int manifests, int blobs, long bytes) {}
