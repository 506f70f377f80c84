import type { Endpoint } from "../../model/endpoint.ts";
import { readCacheEnd } from "./file.ts";

/** Of so much of the file, its end, where that stands which was heard of last: more is not worth the time before a run. */
const MOST_BYTES = 2 ** 19;

/**
 * What was open in this network when somebody last looked: what a run is to tell of, whatever it finds. It reads no entry,
 * checks no digest and loads nothing: this comes before the first packet, and nothing is believed of it. None where there is no cache; who writes it says what is wrong.
 */
export function knownOpen(folder: string, networkOf: (address: string) => string): Endpoint[] {
  try {
    const open = readCacheEnd(folder, MOST_BYTES).filter(({ isOpen }) => isOpen);
    const here = open.filter(({ network, endpoint }) => network === networkOf(endpoint.address));
    return here.map(({ endpoint }) => endpoint);
  } catch {
    return [];
  }
}
