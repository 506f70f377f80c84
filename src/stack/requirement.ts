import { CATEGORIES } from "../model/catalog.ts";
import { suggestion } from "../model/nearest.ts";
import type { Requirement } from "../model/stack.ts";
import type { Fault } from "./fault.ts";
import type { ServiceEntry } from "./file.ts";
import { type HostRow, placementHostFault } from "./host.ts";
import type { Versions } from "./version.ts";
import { quoted } from "./wording.ts";

/** What one service is held against besides itself. */
export interface Surroundings {
  /** The catalog's types and products, in lower case. */
  readonly types: readonly string[];
  /** Hosts that the file declares. */
  readonly hosts: readonly HostRow[];
  readonly versions: Versions;
}

const OWN_TYPE = "http";

/** A category may stand for a type: `llm` is any of them. */
const CATEGORY_WORDS: readonly string[] = CATEGORIES.filter((category) => category !== "unknown");

/** A service as the stack has it; its faults, if any, are in `requirementFaults`. */
export function requirementOf(
  name: string,
  { type, ...entry }: ServiceEntry,
  line: number,
  known: Surroundings,
): Requirement {
  return { name, ...entry, type: (type ?? typeByName(name, entry, known) ?? OWN_TYPE).toLowerCase(), line };
}

/** What is wrong with one service by itself. */
export function requirementFaults(name: string, entry: ServiceEntry, known: Surroundings): Fault[] {
  const { placement, version, replicas } = entry;
  const path = ["services", name];
  const faults: Fault[] = [...typeFaults(name, entry, known)];
  if (version !== undefined && !known.versions.isRange(version)) {
    const why = `${quoted(version)} is no version or range; 7, 7.2, ">=6 <8" and ~7.2 are`;
    faults.push({ path: [...path, "version"], why });
  }
  if (placement.kind === "remote") {
    const why = placementHostFault(placement.host, known.hosts);
    if (why !== undefined) faults.push({ path: [...path, "placement"], why });
  }
  if (replicas > 1 && (placement.kind === "local" || placement.kind === "remote")) {
    const why = `each replica is on a host of its own, and '${placement.kind}' is one host; take auto`;
    faults.push({ path: [...path, "replicas"], why });
  }
  return faults;
}

function typeFaults(name: string, entry: ServiceEntry, known: Surroundings): Fault[] {
  const words = [...known.types, ...CATEGORY_WORDS];
  const path = ["services", name];
  if (entry.type !== undefined) {
    const type = entry.type.toLowerCase();
    const why = (): string => `no such type: ${quoted(type)}${nearOrAll(type, words)}`;
    return words.includes(type) ? [] : [{ path: [...path, "type"], why }];
  }
  if (typeByName(name, entry, known) !== undefined) return [];
  const why = (): string => `has no type, and its name is none${nearOrAll(name.toLowerCase(), words)}`;
  return [{ path, why, isKey: true }];
}

function nearOrAll(word: string, types: readonly string[]): string {
  return suggestion(word, types) || "; 'discover catalog' shows all";
}

/**
 * What a service is that does not say it: what its name says; else, where it is started from here, one's own over HTTP; else
 * the category that its name is. Whoever starts a service called `search` has written it, and means no Solr.
 */
function typeByName(
  name: string,
  { start, ports }: Pick<ServiceEntry, "start" | "ports">,
  { types }: Surroundings,
): string | undefined {
  const word = name.toLowerCase();
  if (types.includes(word)) return word;
  if (start !== undefined || ports !== undefined) return OWN_TYPE;
  return CATEGORY_WORDS.includes(word) ? word : undefined;
}
