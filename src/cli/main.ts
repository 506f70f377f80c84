#!/usr/bin/env node
import { EXIT, interruptCode } from "./exit-code.ts";
import { holdSignals } from "./terminal/held-signals.ts";
import { leave } from "./terminal/leave.ts";

/** For what only needs a moment to end by itself. */
const GRACE_MS = 100;

// First of all, and before the rest is even loaded: see there.
const signals = holdSignals((signal) => leave(interruptCode(signal)));
process.once("beforeExit", standstill);
void main();

/** Without an `await` at the top of the file, since the command is packed as CommonJS. */
async function main(): Promise<void> {
  const [{ run }, { processIo }] = await Promise.all([
    import("./run.ts"),
    import("./terminal/process-io.ts"),
  ]);
  const code = await run(process.argv.slice(2), processIo(signals));
  const unheard = signals.held();
  const status = unheard === undefined ? code : interruptCode(unheard);

  // run() waits until all that was printed has left. Whoever still waits (a look-up, a plug-in's timer) has nobody to
  // tell of it: the process stays no longer for it, and no longer than it must where nobody does.
  process.off("beforeExit", standstill);
  process.exitCode = status;
  setTimeout(() => leave(status), GRACE_MS).unref();
}

/** Somebody waits for what nobody is about to do: a plug-in that awaits at its top, most likely. */
function standstill(): void {
  process.stderr.write("discover: internal error: the run came to a standstill, and has no result\n");
  process.exitCode = EXIT.internal;
}
