import type { ProbeEnd, Prober } from "../model/net.ts";
import { directProber } from "./direct-prober.ts";
import { PublicProber } from "./public-prober.ts";

/** See `Net.prober`. Where the fast way is barred, the public one is taken. */
export function createProber(ended: ProbeEnd, isDirect: boolean): Prober {
  return (isDirect ? directProber(ended) : undefined) ?? new PublicProber(ended);
}
