import { createHash } from "node:crypto";

import type { JsonObject } from "../../model/json.ts";
import type { Scope } from "../../model/strategy.ts";

/** What a run looks at and how: only the same one may go on where it ended. */
export interface Identity {
  readonly targets: string;
  /** A digest of the addresses that the targets stand for. */
  readonly addresses: string;
  /** A digest. */
  readonly ports: string;
  readonly strategies: string;
  readonly sparse: boolean;
  readonly identify: boolean;
}

export function identityOf({ targets, ports, strategies, sparse, identify }: Scope): Identity {
  const ranges = targets.ranges.map(({ first, last, zone = "" }) => `${first}-${last}%${zone}`);
  return {
    targets: targets.labels.join(" "),
    addresses: digest(ranges),
    ports: digest(ports.map(String)),
    strategies: strategies.join(","),
    sparse,
    identify,
  };
}

/** In what the run of a journal was another one, in words; undefined where it was the same. */
export function otherwise(now: Identity, was: JsonObject): string | undefined {
  if (was["targets"] !== now.targets) return `its targets were ${JSON.stringify(was["targets"])}`;
  if (was["addresses"] !== now.addresses)
    return "its targets stood for other addresses, or others were excluded";
  if (was["ports"] !== now.ports) return "it looked at other ports";
  if (was["strategies"] !== now.strategies) return `its strategies were ${JSON.stringify(was["strategies"])}`;
  if (was["sparse"] !== now.sparse) return `it ran ${now.sparse ? "without" : "with"} --sparse`;
  if (was["identify"] !== now.identify) return `it ran ${now.identify ? "with" : "without"} --no-identify`;
  return undefined;
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join(" ")).digest("base64url").slice(0, 16);
}
