import { BootManager } from "../../boot-manager.ts";
import { DiscoverError } from "../../model/errors.ts";
import type { Inventory } from "../../model/inventory.ts";
import type { DiscoverOptions } from "../../model/options.ts";
import type { Stack } from "../../model/stack.ts";
import { shown } from "../../targets/token.ts";
import type { CacheContext } from "../cache/open.ts";
import { type StackCache, stackCache } from "../cache/remembered.ts";
import type { Invocation } from "../command.ts";
import { interruptCode } from "../exit-code.ts";
import { confirmLarge } from "../scan/confirm.ts";
import { chooseStrategies, scanOptions } from "../scan/options.ts";
import { gatherTargets } from "../scan/target-input.ts";
import { FLAGS } from "../settings/flags.ts";
import { loadSources } from "../settings/load.ts";
import { SETTINGS } from "../settings/settings.ts";
import { type ReadSetting, readSettings, resolve, unknownVariables } from "../settings/sources.ts";
import { type Interrupt, listenForInterrupt } from "../terminal/interrupt.ts";
import type { Io } from "../terminal/io.ts";
import { type Terminal, createTerminal } from "../terminal/terminal.ts";
import { loadStack } from "./load.ts";
import { userState } from "./state.ts";

/** What a command has that works on a stack. */
export interface StackSession extends Invocation {
  readonly stack: Stack;
  readonly manager: BootManager;
  readonly read: ReadSetting;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** What a command knows of its stack before it is read. */
export interface StackCall {
  readonly file: string | undefined;
  /** Everything is to be looked at, whatever earlier runs have found. */
  readonly isFresh: boolean;
}

/** Reads the stack file and all settings, and lets `act` do the rest. Resolves to the exit code. Throws `DiscoverError`. */
export async function withStack(
  invocation: Invocation,
  { file, isFresh }: StackCall,
  act: (session: StackSession) => Promise<number>,
): Promise<number> {
  const { io, flags } = invocation;
  let terminal: Terminal | undefined;
  const interrupt = listenForInterrupt(io, () => terminal?.note("interrupted: putting things in order"));
  try {
    const { stack, settings } = await loadStack(file, io.cwd, interrupt.signal);
    const sources = await loadSources({ flags, io }, interrupt.signal);
    const read = readSettings({ ...sources, stackFile: settings });
    terminal = createTerminal(io, read);
    for (const line of unknownVariables(io.env)) terminal.note(`warning: ${line}`);
    const cache = stackCache(read, io, contextOf(terminal));
    const manager = await managerOf(stack, { ...invocation, read, terminal, interrupt, cache, isFresh });
    const code = await act({ ...invocation, stack, manager, read, terminal, signal: interrupt.signal });
    await cache?.keep();
    const received = interrupt.received();
    return received === undefined ? code : interruptCode(received);
  } catch (error) {
    const received = interrupt.received();
    if (received === undefined) throw error;
    terminal?.debug(String(error));
    return interruptCode(received);
  } finally {
    terminal?.clear();
    interrupt.dispose();
  }
}

/** The one argument that a command may have, which may be given as `--file`, too. Throws `bad-option`. */
export function fileOf({ args, flags, io }: Invocation, command: string): string | undefined {
  const [given, ...more] = args;
  if (more.length > 0)
    throw new DiscoverError(
      "bad-option",
      `discover ${command} takes one stack file, not ${shown(args.join(" "))}`,
    );
  const typed = resolve(FLAGS.file, { flags, env: io.env, file: undefined }).value;
  if (given === "")
    throw new DiscoverError("bad-option", `discover ${command}: the name of the stack file is empty`);
  if (given !== undefined && typed !== undefined && given !== typed)
    throw new DiscoverError("bad-option", `two stack files, ${shown(given)} and ${shown(typed)}: name one`);
  return given ?? typed;
}

interface Parts extends Invocation {
  readonly read: ReadSetting;
  readonly terminal: Terminal;
  readonly interrupt: Interrupt;
  readonly cache: StackCache | undefined;
  readonly isFresh: boolean;
}

/** The catalog takes its time to load, and is not always asked for. */
function contextOf(terminal: Terminal): () => Promise<CacheContext> {
  return async () => {
    const { loadCatalog } = await import("../../catalog/index.ts");
    return { catalog: await loadCatalog(), warn: (warning) => terminal.note(`warning: ${warning}`) };
  };
}

async function managerOf(stack: Stack, parts: Parts): Promise<BootManager> {
  const { io, flags, read, terminal, interrupt, cache, isFresh } = parts;
  const { signal } = interrupt;
  const targets = await gatherTargets([], read, io, signal);
  const yes = read(SETTINGS.yes).value;
  const options: DiscoverOptions = {
    ...scanOptions(read),
    ...(targets === undefined ? {} : { targets }),
    strategies: await chooseStrategies(withDns(read), io.cwd),
    allowLarge: async (size) => confirmLarge(size, { io, terminal, yes, signal }),
    onDebug: (message) => terminal.debug(message),
    ...cache?.options,
  };
  return new BootManager({
    stack,
    options,
    stateFolder: userState(io),
    env: io.env,
    assumeAbsent: resolve(FLAGS.assumeAbsent, { flags, env: io.env, file: undefined }).value,
    ...(cache !== undefined && { remembered: cache.remembered }),
    isFresh,
    run: (one) => follow(one, io, terminal),
    signal,
  });
}

/** Who names a zone wants it asked. */
function withDns(read: ReadSetting): ReadSetting {
  const isAsked = read(SETTINGS.domain).value.length > 0;
  return (setting) => {
    const found = read(setting);
    if (!isAsked || setting.key !== SETTINGS.strategy.key || found.origin.kind !== "default") return found;
    const texts = [...read(SETTINGS.strategy).value, "dns"];
    return { ...found, value: setting.parse(texts, { source: "flag", where: "--strategy" }) };
  };
}

async function follow(options: DiscoverOptions, io: Io, terminal: Terminal): Promise<Inventory> {
  for await (const event of await io.discover(options)) {
    if (event.event === "progress") terminal.progress(event);
    if (event.event === "warning") terminal.note(`warning: ${event.warning}`);
    if (event.event === "finished") return event.inventory;
  }
  throw new Error("a run ends with its inventory");
}
