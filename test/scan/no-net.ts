import type { Net } from "../../src/model/net.ts";
import type { Helpers } from "../../src/scan/sweep.ts";

function never(): never {
  throw new Error("not asked for here");
}

/** A network of which nothing is asked but what is given. */
export function netOf(some: Partial<Net>): Net {
  return {
    prober: never,
    dial: never,
    http: never,
    grpc: never,
    interfaces: () => [],
    neighbours: () => new Map(),
    multicast: never,
    dnsUdp: never,
    dnsTcp: never,
    resolverConfig: never,
    ...some,
  };
}

/** No thread but this one. */
export const NOBODY: Helpers = {
  count: 0,
  sockets: 0,
  start: 0,
  perHost: 0,
  alone: { sockets: 0, start: 0, perHost: 0 },
  beside: { sockets: 0, start: 0, perHost: 0 },
  sweepAlone: false,
  run: () => undefined,
};
