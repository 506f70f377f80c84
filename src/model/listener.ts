import type { Endpoint } from "./endpoint.ts";
import type { ProcessFacts } from "./observation.ts";

/** A listening TCP socket of this machine. */
export interface Listener {
  /** As it is bound: `0.0.0.0` and `::` stand for every address. */
  readonly address: string;
  readonly port: number;
  readonly process?: ProcessFacts;
}

/**
 * The listener that answers at an endpoint of this machine: the one bound to its very address, else
 * the one bound to every address of its family, else a dual-stack one (`::` takes IPv4 too).
 */
export function listenerAt(listeners: readonly Listener[], endpoint: Endpoint): Listener | undefined {
  const any = endpoint.address.includes(":") ? ["::"] : ["0.0.0.0", "::"];
  for (const address of [endpoint.address, ...any]) {
    const found = listeners.find((one) => one.port === endpoint.port && one.address === address);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where to reach listeners: wildcards through loopback, the rest at their own address. */
export function endpointsOf(listeners: readonly Listener[]): Endpoint[] {
  return listeners.flatMap(({ address, port }) => {
    const reach = address === "0.0.0.0" ? ["127.0.0.1"] : address === "::" ? ["127.0.0.1", "::1"] : [address];
    return reach.map((one): Endpoint => ({ address: one, port, transport: "tcp" }));
  });
}
