import type { Net } from "../../src/model/net.ts";

function never(): never {
  throw new Error("not asked for here");
}

/** A network of which nothing is asked but what is given. */
export function netOf(some: Partial<Net>): Net {
  return {
    probe: never,
    dial: never,
    http: never,
    grpc: never,
    interfaces: never,
    multicast: never,
    dnsUdp: never,
    dnsTcp: never,
    resolverConfig: never,
    ...some,
  };
}
