package dev.imagebuilder.testing.wsmanager;

import io.grpc.Status;

/** What StartWorkspace does instead of what it should. */
public sealed interface StartFault {

  /** Nothing is created. */
  record Refuse(Status status) implements StartFault {}

  /** The workspace is created and runs, but the answer says that it failed. */
  record CreateAndFail(Status status) implements StartFault {}

  /** The workspace is created and runs; nobody ever hears of the answer. */
  record CreateAndHang() implements StartFault {}

  /** Nothing is created and no answer given. */
  record Hang() implements StartFault {}
}
