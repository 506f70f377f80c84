import type { Inventory } from "../../model/inventory.ts";
import type { Strategy } from "../../model/strategy.ts";
import { formatForFile, loadFormat } from "../../output/index.ts";
import { askCache, cacheUse } from "../cache/cached.ts";
import type { Invocation } from "../command.ts";
import { EXIT, interruptCode } from "../exit-code.ts";
import { loadConfigFile } from "../settings/config-file.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { ReadSetting } from "../settings/sources.ts";
import { readSettings, resolve, unknownVariables } from "../settings/sources.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import type { Interrupt } from "../terminal/interrupt.ts";
import { createTerminal } from "../terminal/terminal.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { checkpointFor } from "./checkpoint.ts";
import { confirmLarge } from "./confirm.ts";
import { eventFilter } from "./event-filter.ts";
import { missingTypes, readWanted } from "./filter.ts";
import type { Wanted } from "./filter.ts";
import { commandHint, keptHint } from "./hint.ts";
import { chooseStrategies, scanOptions } from "./options.ts";
import { carryThrough } from "./run.ts";
import { fileSink, resultSink } from "./sink.ts";
import type { Sink } from "./sink.ts";
import { gatherTargets } from "./target-input.ts";

/** One scan, as its parts see it. */
interface Session extends Invocation {
  readonly read: ReadSetting;
  readonly terminal: Terminal;
  readonly interrupt: Interrupt;
}

/** The scan from its settings to its exit code. Throws `DiscoverError` for what the user can mend. */
export async function runScan(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const { env } = io;
  let terminal: Terminal | undefined;
  // Before there is a terminal nothing was found that the run could end with.
  const interrupt = listenForInterrupt(io, () =>
    terminal?.note("interrupted: ending with what was found; once more leaves at once"),
  );
  try {
    const named = resolve(SETTINGS.config, { flags, env, file: undefined }).value;
    const read = readSettings({ flags, env, file: await loadConfigFile(named, io.cwd, interrupt.signal) });
    terminal = createTerminal(io, read);
    for (const line of unknownVariables(env)) terminal.note(`warning: ${line}`);
    return await scan({ ...invocation, read, terminal, interrupt });
  } catch (error) {
    const hint = commandHint(invocation, error);
    if (hint !== undefined) terminal?.note(hint);
    // Who ended the run before it began knows why nothing came of it.
    const signal = interrupt.received();
    if (signal === undefined) throw error;
    terminal?.debug(String(error));
    return interruptCode(signal);
  } finally {
    terminal?.clear();
    interrupt.dispose();
  }
}

async function scan(session: Session): Promise<number> {
  const { args, io, read, terminal, interrupt } = session;
  const wanted = await readWanted(read);
  const strategies = await chooseStrategies(read, io.cwd);
  const files = await fileSinks(session);
  const { result, isTable } = await standardOutput(session);
  const cache = cacheUse(read, io);
  const checkpoint = cache.isAsked ? undefined : await checkpointFor(read, io.cwd);
  const targets = await gatherTargets(args, read, io, interrupt.signal);
  if (targets?.length === 0) throw new Error("interrupted before a target was read");
  const signal = AbortSignal.any([interrupt.signal, io.stdout.closed]);
  const yes = read(SETTINGS.yes).value;
  const options = {
    ...scanOptions(read),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(targets === undefined ? {} : { targets }),
    strategies,
    signal,
    ...(cache.memory && { known: cache.memory.known, onObservation: cache.memory.take }),
    allowLarge: async (size: Parameters<typeof confirmLarge>[0]) =>
      confirmLarge(size, { io, terminal, yes, signal: interrupt.signal }),
    onDebug: (message: string) => terminal.debug(message),
  };
  const context = { catalog: wanted.catalog, warn: (line: string) => terminal.note(`warning: ${line}`) };
  const inventory = await carryThrough(options, {
    discover: cache.isAsked ? (asked) => askCache(asked, read, io, context) : io.discover,
    terminal,
    filter: eventFilter(wanted.filter, wanted.catalog),
    result,
    files,
    warningsShown: isTable && io.stdout.isTTY && io.stderr.isTTY,
  });
  // Who reads the document has it by now.
  await cache.memory?.keep(context);
  const hint = commandHint(session, inventory.warnings.join("\n"));
  if (hint !== undefined) terminal.note(hint);
  const kept = await keptHint(checkpoint, io.cwd);
  if (kept !== undefined) terminal.note(kept);
  const isLocal = targets === undefined && !cache.isAsked && !strategies.some(looksFurther);
  if (isLocal && interrupt.received() === undefined) terminal.note(FURTHER);
  return conclude(inventory, wanted, session);
}

/** Those who listen to what others say are told of other hosts, too. */
function looksFurther(strategy: string | Strategy): boolean {
  return typeof strategy === "string"
    ? strategy === "dns" || strategy === "mdns"
    : strategy.announces === true;
}

/** No wider than a terminal has to be. */
const FURTHER = "This machine only. To look further: discover local, discover 192.168.1.0/24";

async function fileSinks({ read, io }: Session): Promise<Sink[]> {
  const sinks: Sink[] = [];
  for (const path of read(SETTINGS.save).value) {
    const [format, { checkSaveTarget }] = await Promise.all([formatForFile(path), import("./save.ts")]);
    sinks.push(fileSink(format, await checkSaveTarget(path, io.cwd)));
  }
  return sinks;
}

async function standardOutput({ read, io, terminal }: Session): Promise<{ result: Sink; isTable: boolean }> {
  const format = await loadFormat(read(SETTINGS.output).value);
  const { isTTY, columns } = io.stdout;
  const color = read(SETTINGS.color).value ?? isTTY;
  const context = isTTY && columns !== undefined ? { color, width: columns } : { color };
  return { result: resultSink(format, context, terminal), isTable: format.name === "table" };
}

/**
 * The exit code. An interrupt says more than what the run came to; a missing type more than an incomplete run, for it
 * was not found whichever way.
 */
function conclude(inventory: Inventory, wanted: Wanted, { interrupt, terminal }: Session): number {
  const missing = missingTypes(inventory, wanted);
  const { complete } = inventory.coverage;
  if (missing.length > 0) {
    const why = complete ? "" : " (not everything was looked at)";
    terminal.error(`discover: expected and not found: ${missing.join(", ")}${why}`);
  }
  const signal = interrupt.received();
  if (signal !== undefined) return interruptCode(signal);
  if (missing.length > 0) return EXIT.expectationNotMet;
  return complete ? EXIT.complete : EXIT.incomplete;
}
