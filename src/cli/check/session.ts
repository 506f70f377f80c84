import { loadCatalog } from "../../catalog/index.ts";
import { SCHEMA_VERSION, type Service } from "../../model/inventory.ts";
import { type Listener, endpointsOf } from "../../model/listener.ts";
import type { PortReport } from "../../model/port-report.ts";
import { bindingsOf, nextFreePort } from "../../net/port-free.ts";
import { readListeners } from "../../net/proc.ts";
import { jsonText } from "../../output/json-text.ts";
import { printable } from "../../output/printable.ts";
import type { Invocation } from "../command.ts";
import { EXIT, interruptCode } from "../exit-code.ts";
import { scanOptions } from "../scan/options.ts";
import { loadSettings } from "../settings/load.ts";
import { SETTINGS } from "../settings/settings.ts";
import type { ReadSetting } from "../settings/sources.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import type { Io } from "../terminal/io.ts";
import { wantsJson } from "../terminal/plain-output.ts";
import { createTerminal } from "../terminal/terminal.ts";
import { readCheck } from "./arguments.ts";
import { type PortFacts, type PortVerdict, judgePort } from "./verdict.ts";

/** Ports after the one that is taken that are tried. */
const MOST_TRIES = 100;

/** Says who has a port, and resolves to the exit code. Throws `DiscoverError` for what the user can mend. */
export async function runCheck({ args, flags, io }: Invocation): Promise<number> {
  const json = wantsJson(flags);
  const interrupt = listenForInterrupt(io, () => {});
  const { signal } = interrupt;
  try {
    const read = await loadSettings({ flags, io }, signal);
    const catalog = await loadCatalog();
    const asked = readCheck(args, catalog);
    const facts = { ...asked, ...(await lookAt(asked.port, { io, read, signal })) };
    const received = interrupt.received();
    if (received !== undefined) return interruptCode(received);
    const verdict = judgePort(facts, catalog);
    const isOther = verdict.state === "other";
    const nextFree = isOther ? await nextFreePort(asked.port + 1, MOST_TRIES, signal) : undefined;
    const line = `${verdict.summary}${isOther ? nextText(asked.port, nextFree) : ""}`;
    if (json) io.stdout.write(`${jsonText(reportOf(facts, verdict, nextFree), 2)}\n`);
    else if (!read(SETTINGS.quiet).value) io.stdout.write(`${printable(line)}\n`);
    return isOther ? EXIT.expectationNotMet : EXIT.complete;
  } catch (error) {
    const received = interrupt.received();
    if (received === undefined) throw error;
    return interruptCode(received);
  } finally {
    interrupt.dispose();
  }
}

interface LookContext {
  readonly io: Io;
  readonly read: ReadSetting;
  readonly signal: AbortSignal;
}

/** Asks the system first, and then whoever answers: on loopback, and where else a socket listens. */
async function lookAt(
  port: number,
  context: LookContext,
): Promise<Pick<PortFacts, "bindings" | "listeners" | "services">> {
  const listeners = readListeners().filter((one) => one.port === port);
  const bindings = await bindingsOf(port);
  return { listeners, bindings, services: await servicesAt(port, listeners, context) };
}

async function servicesAt(
  port: number,
  listeners: readonly Listener[],
  { io, read, signal }: LookContext,
): Promise<readonly Service[]> {
  const terminal = createTerminal(io, read);
  // An address of the link alone is none without its interface, which /proc does not tell.
  const bound = endpointsOf(listeners).map(({ address }) => address);
  const { deadlineMs: _none, exclude: _all, ...options } = scanOptions(read);
  const run = await io.discover({
    ...options,
    targets: [...new Set(["localhost", ...bound.filter((address) => !/^fe[89ab]/i.test(address))])],
    ports: [port],
    strategies: ["tcp"],
    identify: true,
    signal,
    onDebug: (message) => terminal.debug(message),
  });
  for await (const event of run) if (event.event === "finished") return event.inventory.services;
  throw new Error("a run ends with its inventory");
}

function nextText(port: number, nextFree: number | undefined): string {
  const last = Math.min(port + MOST_TRIES, 65_535);
  if (nextFree !== undefined) return `; ${nextFree} is free`;
  return port < last ? `; no port from ${port + 1} to ${last} is free` : "";
}

function reportOf(
  facts: PortFacts,
  { state, summary }: PortVerdict,
  nextFree: number | undefined,
): PortReport {
  const { port, wanted = null, bindings, services } = facts;
  const listeners = facts.listeners.map(({ address, process = null }) => ({ address, process }));
  return {
    schemaVersion: SCHEMA_VERSION,
    port,
    wanted,
    state,
    summary,
    nextFree: nextFree ?? null,
    bindings,
    listeners,
    services,
  };
}
