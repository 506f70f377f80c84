import type { CachedEndpoint } from "../../inventory/cache/query.ts";
import { endpointText } from "../../model/endpoint.ts";
import type { JsonObject } from "../../model/json.ts";
import { age } from "../../output/table/quantity.ts";

/** One endpoint as `discover cache show --output=json` has it. */
export interface CacheRow extends JsonObject {
  readonly address: string;
  readonly port: number;
  readonly transport: string;
  /** `nothing`: what is known of it says nothing any more. */
  readonly state: string;
  /** Types that were claimed. */
  readonly types: readonly string[];
  readonly seenAt: string;
  readonly ageMs: number;
  /** How long it may be believed still; 0 where it is stale. */
  readonly leftMs: number;
  readonly stale: boolean;
  /** Whether it belongs to the network that this machine is in. */
  readonly network: "this" | "another";
}

export const HEADER: readonly string[] = ["ENDPOINT", "STATE", "TYPE", "AGE", "LEFT", "NETWORK"];

export function rowOf({ endpoint, isHere, types, ...view }: CachedEndpoint, now: number): CacheRow {
  return {
    ...endpoint,
    state: view.state,
    types,
    seenAt: new Date(view.seenAt).toISOString(),
    ageMs: Math.max(0, Math.round(now - view.seenAt)),
    leftMs: view.isFresh ? Math.round(view.expiresAt - now) : 0,
    stale: !view.isFresh,
    network: isHere ? "this" : "another",
  };
}

export function cellsOf(row: CacheRow): string[] {
  const protocol = row.transport === "tcp" ? "" : `/${row.transport}`;
  return [
    endpointText(row) + protocol,
    row.state,
    row.types.join(","),
    age(row.ageMs),
    row.stale ? "stale" : age(row.leftMs),
    row.network,
  ];
}
