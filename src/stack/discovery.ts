import type { DocumentNode, Member } from "../document/node.ts";
import type { Fault } from "./fault.ts";

/** What a stack file says of one setting, as the settings' own files say it. */
export interface DiscoveryEntry {
  readonly texts: readonly string[];
  readonly line: number;
  /** As the file calls it: `discovery.ranges`. */
  readonly name: string;
}

/** What a value says of the setting of that key; undefined where it says nothing. */
export type ReadSetting = (
  key: string,
  node: DocumentNode,
) => readonly string[] | { readonly fault: string } | undefined;

/** Settings that have a plural besides: of these one seldom names one. */
export const PLURALS: ReadonlyMap<string, string> = new Map([
  ["ranges", "range"],
  ["domains", "domain"],
]);

/** The settings under `discovery`, by their own keys, and what is wrong with them. */
export function readDiscovery(
  members: ReadonlyMap<string, Member>,
  read: ReadSetting,
): { readonly entries: ReadonlyMap<string, DiscoveryEntry>; readonly faults: readonly Fault[] } {
  const entries = new Map<string, DiscoveryEntry>();
  const faults: Fault[] = [];
  for (const [key, { keyAt, node }] of members) {
    const own = PLURALS.get(key) ?? key;
    const path = ["discovery", key];
    const texts = read(own, node);
    if (texts === undefined) continue;
    const other = entries.get(own);
    if ("fault" in texts) faults.push({ path, why: texts.fault, isKey: true });
    else if (other !== undefined)
      faults.push({ path, why: `the same as ${other.name}; keep one`, isKey: true });
    else entries.set(own, { texts, line: keyAt.line, name: path.join(".") });
  }
  return { entries, faults };
}
