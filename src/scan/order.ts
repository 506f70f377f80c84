import type { Endpoint } from "../model/endpoint.ts";
import type { Scope } from "../model/strategy.ts";
import { walk } from "../targets/walk.ts";

/** One endpoint to connect to. */
export interface Probe {
  readonly address: string;
  readonly port: number;
  /** The hosts it is probed together with. */
  readonly block: Block;
  /** How often this machine has failed to try it. */
  tries: number;
}

/** Hosts whose ports are probed in turn. */
export interface Block {
  readonly addresses: readonly string[];
  /** Those that have answered anything. */
  readonly alive: Set<string>;
  /** Those that a router or ARP reported as not there, and that have answered nothing. */
  readonly dead: Set<string>;
}

/** One endpoint by itself. */
export function probeOf({ address, port }: Endpoint): Probe {
  return { address, port, block: blockOf([address]), tries: 0 };
}

function blockOf(addresses: readonly string[]): Block {
  return { addresses, alive: new Set(), dead: new Set() };
}

const BLOCK_SIZE = 256;

/**
 * The endpoints of a scope: extra ones first, then block by block of 256 hosts, and within a block port by port over
 * all its hosts, so that no host is asked twice in a row. Drawn lazily: memory does not grow with the range.
 */
export function* inOrder(scope: Scope): Generator<Probe, void, undefined> {
  yield* scope.extra.map(probeOf);
  for (const block of blocksOf(scope)) {
    for (const port of scope.ports) {
      for (const address of block.addresses) yield { address, port, block, tries: 0 };
    }
  }
}

function* blocksOf(scope: Scope): Generator<Block, void, undefined> {
  let addresses: string[] = [];
  for (const address of walk(scope.targets.ranges)) {
    addresses.push(address);
    if (addresses.length < BLOCK_SIZE) continue;
    yield blockOf(addresses);
    addresses = [];
  }
  if (addresses.length > 0) yield blockOf(addresses);
}

/** How many endpoints `inOrder` yields. */
export function countProbes(scope: Pick<Scope, "targets" | "ports" | "extra">): number {
  return scope.targets.count * scope.ports.length + scope.extra.length;
}
