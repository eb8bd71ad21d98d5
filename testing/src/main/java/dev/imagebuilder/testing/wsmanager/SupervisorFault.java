package dev.imagebuilder.testing.wsmanager;

/** What supervisors do instead of what they should. */
public sealed interface SupervisorFault {

  /** Every answer has this status. */
  record Answer(int status) implements SupervisorFault {}

  /** The task never gets a terminal. */
  record NeverReady() implements SupervisorFault {}

  /** There is no task at all. */
  record NoTasks() implements SupervisorFault {}

  /** Connections are taken and never answered. */
  record Hang() implements SupervisorFault {}

  /** Connections are taken and end without an answer. */
  record HangUp() implements SupervisorFault {}

  /** The terminal's stream breaks after so many bytes of output. */
  record Drop(int bytes) implements SupervisorFault {}

  /** The terminal's stream holds what is no JSON. */
  record Garbage() implements SupervisorFault {}
}
