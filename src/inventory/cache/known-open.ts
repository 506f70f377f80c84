import type { Endpoint } from "../../model/endpoint.ts";
import { readCacheFile } from "./file.ts";

/** More are not worth the time before a run. */
const MOST_KNOWN = 4_096;

/**
 * What was open in this network when somebody last looked: what a run is to tell of, whatever it finds. It reads no entry,
 * and loads nothing: this comes before the first packet. None where there is no cache; who writes it says what is wrong.
 */
export function knownOpen(folder: string, networkOf: (address: string) => string): Endpoint[] {
  try {
    const open = readCacheFile(folder).filter(({ isOpen }) => isOpen);
    const here = open.filter(({ network, endpoint }) => network === networkOf(endpoint.address));
    return here.slice(-MOST_KNOWN).map(({ endpoint }) => endpoint);
  } catch {
    return [];
  }
}
