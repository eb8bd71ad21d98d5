/** Runs builds as headless Gitpod workspaces, through ws-manager. */
@NullMarked
package dev.imagebuilder.backend.wsmanager;

import org.jspecify.annotations.NullMarked;
