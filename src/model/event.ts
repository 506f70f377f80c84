import type { Inventory, Service } from "./inventory.ts";
import type { Coverage } from "./outcome.ts";

/** What a run reports while it goes. */
export type DiscoveryEvent =
  /** Before the first packet: how much there is to do. */
  | {
      readonly event: "started";
      readonly scanId: string;
      readonly addresses: number;
      readonly probes: number;
    }
  /** Now and then: how far it is. */
  | {
      readonly event: "progress";
      readonly coverage: Coverage;
      readonly elapsedMs: number;
      readonly services: number;
    }
  /** A service was found, or more was learned about it. `replaces` names ids that it takes the place of. */
  | { readonly event: "service"; readonly service: Service; readonly replaces: readonly string[] }
  /** What was announced was withdrawn, and nothing else is there. */
  | { readonly event: "gone"; readonly id: string }
  | { readonly event: "warning"; readonly warning: string }
  /** The last one: the whole. */
  | { readonly event: "finished"; readonly inventory: Inventory };
