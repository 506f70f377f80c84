import type { Binding } from "../model/port-report.ts";
import { PORT_TRIES } from "../model/stack.ts";

/** What came of looking for a port that can be listened on. */
export interface PortSearch {
  /** Undefined: there is none. */
  readonly port: number | undefined;
  /** Those before it that somebody has, ascending. */
  readonly taken: readonly number[];
  /** What came of the first one: the worst of its addresses. */
  readonly first: Binding;
}

interface SearchOptions {
  /** The addresses that the server would listen on. */
  readonly addresses: readonly string[];
  readonly tries: number;
  readonly tryBind: (address: string, port: number) => Promise<Binding>;
  readonly signal: AbortSignal;
}

const HIGHEST_PORT = 65_535;

/** The first port from `base` on that can be had on all addresses that this machine has. Rejects when `signal` fires. */
export async function searchPort(base: number, options: SearchOptions): Promise<PortSearch> {
  const { addresses, tries, tryBind, signal } = options;
  const last = Math.min(base + tries - 1, HIGHEST_PORT);
  const taken: number[] = [];
  let first: Binding | undefined;
  for (let port = base; port <= last; port++) {
    signal.throwIfAborted();
    const binding = await bindingOf(port, addresses, tryBind);
    first ??= binding;
    if (binding === "free") return { port, taken, first };
    if (binding === "taken") taken.push(port);
    // It is the address that this machine does not have: no other port will do.
    if (binding === "absent") break;
  }
  return { port: undefined, taken, first: first ?? "failed" };
}

/** So many ports are tried where others than the first will do. */
export function triesFor(config: { readonly autoDiscoverPort: boolean }): number {
  return config.autoDiscoverPort ? PORT_TRIES : 1;
}

/** The gravest first; an address of a family that this machine lacks says nothing of the others. */
const GRAVITY: readonly Binding[] = ["taken", "forbidden", "failed", "free", "absent"];

async function bindingOf(
  port: number,
  addresses: readonly string[],
  tryBind: SearchOptions["tryBind"],
): Promise<Binding> {
  const found = new Set<Binding>();
  for (const address of addresses) {
    found.add(await tryBind(address, port));
    if (found.has("taken")) break;
  }
  return GRAVITY.find((one) => found.has(one)) ?? "absent";
}
