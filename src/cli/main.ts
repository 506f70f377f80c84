#!/usr/bin/env node
import { processIo } from "./process-io.ts";
import { run } from "./run.ts";

// Never process.exit(): what still is on its way into a pipe would be lost.
process.exitCode = await run(process.argv.slice(2), processIo());
