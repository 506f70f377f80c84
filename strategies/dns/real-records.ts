import type { Lookup } from "../../src/dns/lookup.ts";
import type { Name, RecordOf } from "../../src/dns/message.ts";
import { nameKey, nameText } from "../../src/dns/name.ts";
import { RecordIndex } from "../../src/dns/record-index.ts";
import type { DnsTransport } from "../../src/dns/server-state.ts";
import type { Session } from "./session.ts";

export interface RealOptions {
  readonly transport?: DnsTransport;
  /** The user asked for this very name: a wildcard's word counts, too. */
  readonly literal?: boolean;
}

/** Records of a service. */
export interface ServiceRecords {
  readonly records: readonly RecordOf<"SRV">[];
  readonly ttlSeconds: number;
  /** What came with them. */
  readonly along: readonly RecordIndex[];
}

export interface Pointers {
  /** Each once, in their order. */
  readonly targets: readonly Name[];
  readonly ttlSeconds: number;
  readonly along: RecordIndex;
}

/** The SRV records of a name; undefined where there are none, or nobody could tell, or a wildcard made them up. */
export async function realServices(
  name: Name,
  session: Session,
  { transport = "udp", literal = false }: RealOptions = {},
): Promise<ServiceRecords | undefined> {
  const found = foundIn(name, await session.resolver.lookup(name, "SRV", { transport }), session);
  if (found === undefined) return undefined;
  const { records, ttlSeconds, additionals } = found;
  const services = { records, ttlSeconds, along: [new RecordIndex(additionals)] };
  if (literal) return services;
  const anybody = await session.resolver.lookup(siblingOf(name, session), "SRV", { transport });
  if (anybody.kind !== "found" || !sameSet(records, anybody.records, srvKey)) return services;
  tellWildcard(name, session);
  return undefined;
}

/** The same for PTR records. */
export async function realPointers(
  name: Name,
  session: Session,
  { literal = false }: RealOptions = {},
): Promise<Pointers | undefined> {
  const found = foundIn(name, await session.resolver.lookup(name, "PTR"), session);
  if (found === undefined) return undefined;
  const targets = [...new Map(found.records.map(({ target }) => [nameKey(target), target])).values()];
  const pointers = { targets, ttlSeconds: found.ttlSeconds, along: new RecordIndex(found.additionals) };
  if (literal) return pointers;
  const anybody = await session.resolver.lookup(siblingOf(name, session), "PTR");
  if (anybody.kind !== "found" || !sameSet(found.records, anybody.records, ptrKey)) return pointers;
  tellWildcard(name, session);
  return undefined;
}

/** What was found; what failed is noted. */
export function foundIn<T extends "SRV" | "PTR" | "TXT">(
  name: Name,
  lookup: Lookup<T>,
  { problems }: Session,
): Extract<Lookup<T>, { kind: "found" }> | undefined {
  if (lookup.kind !== "failed" || lookup.answered) problems.answered();
  if (lookup.kind === "failed") problems.failed(name, lookup.reason);
  return lookup.kind === "found" ? lookup : undefined;
}

/** A name beside it that nobody gave to anything: one question for all names of a parent. */
function siblingOf([first = "", ...parent]: Name, { nobody }: Session): Name {
  return [first.startsWith("_") ? `_${nobody}` : nobody, ...parent];
}

function sameSet<T>(a: readonly T[], b: readonly T[], keyOf: (record: T) => string): boolean {
  const [one, other] = [new Set(a.map(keyOf)), new Set(b.map(keyOf))];
  return one.size === other.size && [...one].every((key) => other.has(key));
}

/** Equal for records that say the same. */
export function srvKey({ priority, weight, port, target }: RecordOf<"SRV">): string {
  return `${priority} ${weight} ${port} ${nameKey(target)}`;
}

function ptrKey({ target }: RecordOf<"PTR">): string {
  return nameKey(target);
}

function tellWildcard(name: Name, { context }: Session): void {
  context.log.debug(`dns: ${nameText(name)} is what any name there is (a wildcard), and no service`);
}
