import type { Endpoint } from "../model/endpoint.ts";
import type { Service } from "../model/inventory.ts";

/** What earlier runs found. A plan rests on it only where it was looked at again. */
export interface Remembered {
  /** What was there, at addresses that are looked at: not long ago, and longer ago than may be relied on. */
  services(isIn: (address: string) => boolean): Promise<RememberedServices>;
  /** It is not there any more, or not as it was. */
  forget(endpoint: Endpoint): void;
}

export interface RememberedServices {
  readonly services: readonly Service[];
  readonly stale: readonly Service[];
}
