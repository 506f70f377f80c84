import type { InterruptSignal } from "./terminal/io.ts";

/** What the exit status says. The first that applies, from the bottom up, is taken. */
export const EXIT = {
  /** All was looked at, and what was expected is there. A reader that closed the pipe early is no error. */
  complete: 0,
  /** A type that `--expect` names was not found; a plan is blocked; what is required did not come up. */
  expectationNotMet: 1,
  /** Something the user can mend: an option, a target, a file. */
  usage: 2,
  /** The run ended before everything was looked at, or something failed on this machine; a plan knows too little. */
  incomplete: 3,
  /** A plan has something to do. */
  changes: 4,
  /** A fault of sonde's own (EX_SOFTWARE of sysexits.h). */
  internal: 70,
} as const;

/** 128 and the signal's number, as a shell has it for a process that a signal ended. */
export function interruptCode(signal: InterruptSignal): number {
  return signal === "SIGINT" ? 130 : 143;
}
