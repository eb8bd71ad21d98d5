/** A stand-in for Gitpod's ws-manager and the supervisors in its workspaces. */
@NullMarked
package dev.imagebuilder.testing.wsmanager;

import org.jspecify.annotations.NullMarked;
