import type { InterfaceAddress } from "../model/interface-address.ts";

/** What resolving wants to know of the world, handed in so that tests can answer. */
export interface Lookups {
  /** All addresses of a host name, IPv4 and IPv6. An error with a `code` of node:dns says why there are none. */
  addressesOf(name: string, signal: AbortSignal): Promise<readonly string[]>;
  interfaces(): readonly InterfaceAddress[];
  /** How long one name may take, in milliseconds: a slow one must not cost the run. */
  readonly nameTimeoutMs: number;
}
