import type { Binding } from "../model/port-report.ts";
import { PORT_TRIES, type PortChoice } from "../model/stack.ts";
import { bindingsOf, isFree } from "../net/port-free.ts";
import { readListeners } from "../net/proc.ts";
import { StartFault } from "./fault.ts";
import { type Leases, withLeases } from "./leases.ts";

export interface PortContext {
  /** Where leases lie. */
  readonly folder: string;
  /** Of the service that is to have them. */
  readonly token: string;
  readonly signal: AbortSignal;
}

/** Ports that a service is to have. */
export interface ChosenPorts {
  readonly ports: readonly number[];
  /** What the user ought to know of the choice: `8100 is taken: on 8101`. */
  readonly note: string | null;
}

/**
 * Takes a lease of the ports that are asked for, or of the next free one. Throws a `StartFault` where they cannot be had.
 * Nobody else who asks for leases in that folder gets them, as long as this process or one with the token lives.
 */
export async function choosePorts(choice: PortChoice, context: PortContext): Promise<ChosenPorts> {
  return withLeases(context, (leases) =>
    choice.kind === "fixed"
      ? fixedPorts(choice.ports, leases)
      : nextPort(choice.from, leases, context.signal),
  );
}

async function fixedPorts(ports: readonly number[], leases: Leases): Promise<ChosenPorts> {
  for (const port of ports) {
    const holder = leases.holderOf(port);
    if (holder !== undefined) throw taken(port, `it is kept for ${holder}`);
    const bindings = await bindingsOf(port);
    if (isFree(bindings)) continue;
    const both = [bindings.ipv4, bindings.ipv6];
    if (both.includes("taken")) throw taken(port, processAt(port));
    throw new StartFault(unusable(port, both), {
      remedy: both.includes("forbidden")
        ? "ports below 1024 are root's, as a rule: choose a higher one"
        : null,
    });
  }
  for (const port of ports) leases.take(port);
  return { ports, note: null };
}

function taken(port: number, who: string | undefined): StartFault {
  const what = `Port ${port} is already in use and auto-discovery is disabled`;
  return new StartFault(who === undefined ? what : `${what}: ${who}`, {
    remedy: `end what has port ${port}, give the service another one, or write ports: auto`,
  });
}

function unusable(port: number, bindings: readonly Binding[]): string {
  const why = bindings.includes("forbidden") ? "this user may not bind it" : "it could not be bound";
  return `Port ${port} cannot be used: ${why}`;
}

/** `nginx (pid 812) has it`; undefined where this user may not see who. */
function processAt(port: number): string | undefined {
  const found = readListeners().find((one) => one.port === port && one.process !== undefined)?.process;
  return found && `${found.name} (pid ${found.pid}) has it`;
}

async function nextPort(from: number, leases: Leases, signal: AbortSignal): Promise<ChosenPorts> {
  const last = Math.min(from + PORT_TRIES - 1, 65_535);
  for (let port = from; port <= last; port++) {
    signal.throwIfAborted();
    if (leases.holderOf(port) !== undefined || !isFree(await bindingsOf(port))) continue;
    leases.take(port);
    return { ports: [port], note: port === from ? null : noteOf(from, port) };
  }
  throw new StartFault(`No available ports found starting from ${from}`, {
    remedy: `end what has one of ports ${from} to ${last}, or give the service another port`,
  });
}

function noteOf(from: number, port: number): string {
  const before = port - from === 1 ? `${from} is taken` : `${from} to ${port - 1} are taken`;
  return `${before}: on ${port}`;
}
