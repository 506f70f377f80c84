#!/usr/bin/env node
import { interruptCode } from "./exit-code.ts";
import { holdSignals } from "./held-signals.ts";

// First of all, and before the rest is even loaded: see there.
const signals = holdSignals((signal) => process.exit(interruptCode(signal)));
const [{ run }, { processIo }] = await Promise.all([import("./run.ts"), import("./process-io.ts")]);
const code = await run(process.argv.slice(2), processIo(signals));
const unheard = signals.held();

// Never process.exit(): what still is on its way into a pipe would be lost.
process.exitCode = unheard === undefined ? code : interruptCode(unheard);
