import type { Endpoint } from "../model/endpoint.ts";
import type { Service } from "../model/inventory.ts";

/** What earlier runs found. A plan rests on it only where it was looked at again. */
export interface Remembered {
  /** What was there not long ago, at addresses that are looked at. */
  services(isIn: (address: string) => boolean): Promise<readonly Service[]>;
  /** It is not there any more, or not as it was. */
  forget(endpoint: Endpoint): void;
}
