import { DiscoverError } from "../../model/errors.ts";
import type { WatchEvent, WatchOptions } from "../../model/watch.ts";
import type { Invocation } from "../command.ts";
import { EXIT, interruptCode } from "../exit-code.ts";
import { confirmLarge } from "../scan/confirm.ts";
import { readWanted } from "../scan/filter.ts";
import { chooseStrategies, scanOptions } from "../scan/options.ts";
import { gatherTargets } from "../scan/target-input.ts";
import { requireKnown } from "../settings/kinds.ts";
import { loadSettings } from "../settings/load.ts";
import { SETTINGS } from "../settings/settings.ts";
import { type FlagTexts, type ReadSetting, resolve, unknownVariables } from "../settings/sources.ts";
import { type Interrupt, listenForInterrupt } from "../terminal/interrupt.ts";
import type { Io } from "../terminal/io.ts";
import { type Terminal, createTerminal } from "../terminal/terminal.ts";
import { watchFilter } from "./filter.ts";
import { WATCH_OUTPUT } from "./settings.ts";
import { type WatchSink, lineSink, tableSink } from "./sink.ts";

/** One watch, as its parts see it. */
interface Session extends Invocation {
  readonly read: ReadSetting;
  readonly terminal: Terminal;
  readonly interrupt: Interrupt;
  readonly asTable: boolean;
}

/** The watch from its settings to its exit code. Throws `DiscoverError` for what the user can mend. */
export async function runWatch(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const asTable = wantsTable(flags, io);
  // Nothing needs to be said: to end is what it does.
  const interrupt = listenForInterrupt(io, () => {});
  try {
    const read = await loadSettings(invocation, interrupt.signal);
    const terminal = createTerminal(io, read);
    for (const line of unknownVariables(io.env)) terminal.note(`warning: ${line}`);
    await follow({ ...invocation, read, terminal, interrupt, asTable });
  } catch (error) {
    if (interrupt.received() === undefined) throw error;
  } finally {
    interrupt.dispose();
  }
  const signal = interrupt.received();
  return signal === undefined ? EXIT.complete : interruptCode(signal);
}

/** Whether a table is drawn: where the terminal can, unless lines are asked for. Throws `DiscoverError`. */
function wantsTable(flags: FlagTexts, { stdout, env }: Io): boolean {
  const { value } = resolve(WATCH_OUTPUT, { flags, env: {}, file: undefined });
  if (value !== undefined) requireKnown(value, "format here", ["table", "ndjson"], "--output");
  const canDraw = stdout.isTTY && env["TERM"] !== "dumb";
  if (value !== "table") return canDraw && value === undefined;
  if (canDraw) return true;
  throw new DiscoverError(
    "bad-option",
    "a live table needs a terminal: without --output changes come as ndjson",
  );
}

async function follow(session: Session): Promise<void> {
  const { io, read, terminal, asTable } = session;
  const { filter, catalog } = await readWanted(read);
  const pass = watchFilter(filter, catalog);
  const color = read(SETTINGS.color).value ?? io.stdout.isTTY;
  const sink = asTable ? tableSink(io, color) : lineSink(terminal);
  const options = await optionsFor(session, sink);
  const isOnScreen = asTable && io.stderr.isTTY;
  sink.begin();
  try {
    for await (const event of io.watch(options)) {
      if (event.event === "warning" && !isOnScreen) terminal.note(`warning: ${event.warning}`);
      const passed: WatchEvent | undefined = pass(event);
      if (passed !== undefined) await sink.take(passed);
    }
  } finally {
    await sink.finish();
  }
}

async function optionsFor(session: Session, sink: WatchSink): Promise<WatchOptions> {
  const { args, io, read, terminal, interrupt } = session;
  const strategies = await chooseStrategies(read, io.cwd);
  const targets = await gatherTargets(args, read, io, interrupt.signal);
  if (targets?.length === 0) throw new Error("interrupted before a target was read");
  const yes = read(SETTINGS.yes).value;
  return {
    ...scanOptions(read),
    ...(targets === undefined ? {} : { targets }),
    strategies,
    intervalMs: read(SETTINGS.interval).value,
    signal: AbortSignal.any([interrupt.signal, io.stdout.closed]),
    allowLarge: async (size) => {
      await sink.pause();
      return confirmLarge(size, { io, terminal, yes, signal: interrupt.signal });
    },
    onDebug: (message) => {
      if (read(SETTINGS.debug).value) sink.spoil();
      terminal.debug(message);
    },
  };
}
