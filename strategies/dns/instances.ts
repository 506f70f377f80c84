import { leastTtl } from "../../src/dns/answer.ts";
import type { Name, RecordOf } from "../../src/dns/message.ts";
import { isUnder, nameText, sameName } from "../../src/dns/name.ts";
import { RecordIndex } from "../../src/dns/record-index.ts";
import { txtPairs } from "../../src/dns/txt.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Inquiry } from "./inquiry.ts";
import { locate } from "./locate.ts";
import { type Pointers, foundIn, realPointers } from "./real-records.ts";
import type { Session } from "./session.ts";
import { isLocal, isType, typeAt } from "./wish.ts";

/** Instances of one type that are looked at, at most, and types of one domain. */
const MOST_INSTANCES = 256;
const MOST_TYPES = 256;

/** The chain of RFC 6763: PTR to instances, each of them SRV and TXT. */
export async function instancesAt(inquiry: Inquiry, session: Session): Promise<readonly Observation[]> {
  const { name, domain, literal = false } = inquiry;
  const pointers = await realPointers(name, session, { literal });
  if (pointers === undefined) return [];
  const { targets } = pointers;
  const instances = targets.slice(0, MOST_INSTANCES).filter((one) => typeAt(one) === 1 && !isLocal(one));
  if (targets.length > MOST_INSTANCES)
    session.problems.cut(
      `only ${MOST_INSTANCES} of ${targets.length} instances at ${nameText(name)} are looked at`,
    );
  const found = await Promise.all(
    instances.map((instance) => {
      // Most are where they are listed; they may be anywhere (RFC 6763, section 4).
      const home = sameName(instance.slice(3), domain) ? domain : instance.slice(3);
      const { literal: _, ...other } = inquiry;
      const own = literal && isUnder(instance, name) ? ({ literal } as const) : {};
      const one: Inquiry = { ...other, ...own, kind: "instance", name: instance, domain: home };
      return instanceAt(one, session, pointers);
    }),
  );
  return found.flat();
}

/** One instance: `pointers` led there, if any did. */
export async function instanceAt(
  inquiry: Inquiry,
  session: Session,
  pointers?: Pointers,
): Promise<readonly Observation[]> {
  const { ttlSeconds = Number.POSITIVE_INFINITY } = pointers ?? {};
  const along = pointers === undefined ? [] : [pointers.along];
  const { name } = inquiry;
  const [services, text] = await Promise.all([
    recordsAt(name, "SRV", along, session),
    recordsAt(name, "TXT", along, session),
  ]);
  if (services === undefined) {
    if (pointers !== undefined)
      session.context.log.debug(`dns: ${nameText(name)} is listed, and has no SRV record`);
    return [];
  }
  const [first] = text?.records ?? [];
  const least = Math.min(ttlSeconds, services.ttlSeconds, text?.ttlSeconds ?? ttlSeconds);
  const pairs = first === undefined ? undefined : txtPairs(first.strings);
  const all = { ...services, ttlSeconds: least, along: [...along, ...services.along] };
  return locate(inquiry, all, session, pairs);
}

/** Those that came along count as much as those that are asked for, as long as they are the name's own. */
async function recordsAt<T extends "SRV" | "TXT">(
  name: Name,
  type: T,
  along: readonly RecordIndex[],
  session: Session,
): Promise<
  { records: readonly RecordOf<T>[]; ttlSeconds: number; along: readonly RecordIndex[] } | undefined
> {
  const records = along.flatMap((one) => one.of(name, type));
  if (records.length > 0) return { records, ttlSeconds: leastTtl(records), along: [] };
  const found = foundIn(name, await session.resolver.lookup(name, type), session);
  return found && { ...found, along: [new RecordIndex(found.additionals)] };
}

/** The service types that a domain lists (RFC 6763, section 9). */
export async function listedTypes(domain: Name, session: Session): Promise<string[]> {
  const pointers = await realPointers(["_services", "_dns-sd", "_udp", ...domain], session);
  const types = (pointers?.targets ?? []).map((target) => target.slice(0, 2)).filter(isType);
  const all = [...new Set(types.map((type) => type.join(".").toLowerCase()))];
  if (all.length > MOST_TYPES)
    session.problems.cut(
      `only ${MOST_TYPES} of ${all.length} service types in ${nameText(domain)} are looked at`,
    );
  return all.slice(0, MOST_TYPES);
}
