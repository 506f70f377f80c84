import type { Name, Question, RecordOf, RecordType } from "../dns/message.ts";
import { isUnder, nameKey, sameName } from "../dns/name.ts";
import { TYPE_NUMBERS } from "../dns/record-type.ts";
import type { CachedRecord, RecordCache } from "./cache.ts";
import { LOCAL, type RecordSet, type Wanted } from "./querier.ts";
import { type ServiceType, type Subtype, type Wishes, asServiceType } from "./wishes.ts";

/** RFC 6763, section 9. */
const SERVICES: Name = ["_services", "_dns-sd", "_udp", "local"];
/** What a link may have us follow. */
const MOST_TYPES = 512;
const MOST_INSTANCES = 2_048;
/** SRV records of one instance; all but strange ones have one. */
const MOST_SRV = 8;

/** A service instance of which a link tells. */
export interface Lead {
  /** Its label, exactly. */
  readonly instance: string;
  readonly name: Name;
  readonly type: ServiceType;
  readonly subtypes: readonly string[];
  /** The pointer to it; absent where its name was given by the user. */
  readonly pointer?: CachedRecord;
  readonly services: readonly CachedRecord<RecordOf<"SRV">>[];
  readonly text?: CachedRecord<RecordOf<"TXT">>;
}

/** What a link tells, and what it has still to be asked. */
export interface Plan extends Wanted {
  readonly leads: readonly Lead[];
  /** More than is followed. */
  readonly overflowed: boolean;
}

/**
 * From wishes to answers, as far as the cache goes: types, then instances, then SRV and TXT, then addresses (RFC 6763).
 * What is in the cache already, by additional records or by others' questions, is not asked for.
 */
export function planOf(cache: RecordCache, wishes: Wishes): Plan {
  const needs = new Needs(cache);
  const types = typesOf(needs, wishes);
  const found = new Map<string, Found>();
  for (const type of types) browse(needs, found, type, [...type, ...LOCAL]);
  for (const { label, type } of wishes.subtypes) {
    browse(needs, found, type, [label, "_sub", ...type, ...LOCAL], label);
  }
  for (const name of wishes.instances) note(found, name);
  const leads = [...found.values()].slice(0, MOST_INSTANCES).map((one) => follow(needs, one));
  const overflowed = found.size > MOST_INSTANCES || needs.overflowed;
  return { leads, overflowed, questions: needs.questions, kept: needs.kept };
}

/** Whether a link has said that there is no such record: an NSEC record for the name itself (RFC 6762, section 6.1). */
export function isDenied(cache: RecordCache, name: Name, type: RecordType): boolean {
  return cache
    .get(name, "NSEC")
    .some(({ record }) => sameName(record.next, name) && !record.types.includes(TYPE_NUMBERS[type]));
}

/** Address records of a host and the questions for them. */
const ADDRESS_TYPES = ["A", "AAAA"] as const;

/** Gathers what has to be asked and what has to be kept. */
class Needs {
  readonly cache: RecordCache;
  readonly questions: Question[] = [];
  readonly kept: RecordSet[] = [];
  /** There is more than is followed. */
  overflowed = false;
  readonly #hosts = new Set<string>();

  constructor(cache: RecordCache) {
    this.cache = cache;
  }

  /** Something that many may answer: asked on and on, whatever was answered. */
  shared(name: Name): CachedRecord<RecordOf<"PTR">>[] {
    const records = this.cache.get(name, "PTR");
    this.questions.push({ name, type: "PTR" });
    if (records.length > 0) this.kept.push({ name, type: "PTR" });
    return records;
  }

  /** Something that one alone answers: asked until that has, or says that there is none. */
  unique<T extends RecordType>(name: Name, type: T): CachedRecord<RecordOf<T>>[] {
    const records = this.cache.get(name, type);
    if (records.length > 0) this.kept.push({ name, type });
    else if (!isDenied(this.cache, name, type)) this.questions.push({ name, type });
    return records;
  }

  /** The addresses of a host, once for all that is on it. */
  host(name: Name): void {
    const key = nameKey(name);
    if (this.#hosts.has(key)) return;
    this.#hosts.add(key);
    for (const type of ADDRESS_TYPES) this.unique(name, type);
  }
}

function typesOf(needs: Needs, { enumerate, types }: Wishes): ServiceType[] {
  const all = new Map(types.map((type) => [nameKey(type), type]));
  if (!enumerate) return [...all.values()];
  for (const { record } of needs.shared(SERVICES)) {
    const [service = "", protocol = "", ...domain] = record.target;
    const type = asServiceType(service, protocol);
    const key = nameKey([service, protocol]);
    if (type === undefined || !sameName(domain, LOCAL) || all.has(key)) continue;
    if (all.size < MOST_TYPES) all.set(key, type);
    else needs.overflowed = true;
  }
  return [...all.values()];
}

interface Found {
  readonly name: Name;
  readonly subtypes: Set<Subtype["label"]>;
  pointer?: CachedRecord;
}

function browse(
  needs: Needs,
  found: Map<string, Found>,
  type: ServiceType,
  question: Name,
  subtype?: string,
): void {
  for (const pointer of needs.shared(question)) {
    const { target } = pointer.record;
    // RFC 6763, section 4.1: one label, the type, the domain.
    if (target.length !== 4 || !isUnder(target, [...type, ...LOCAL])) continue;
    const one = note(found, target);
    one.pointer ??= pointer;
    if (subtype !== undefined) one.subtypes.add(subtype);
    if (found.size > MOST_INSTANCES) return;
  }
}

function note(found: Map<string, Found>, name: Name): Found {
  const key = nameKey(name);
  const one = found.get(key) ?? { name, subtypes: new Set() };
  found.set(key, one);
  return one;
}

function follow(needs: Needs, { name, subtypes, pointer }: Found): Lead {
  const [instance = "", service = "", protocol = ""] = name;
  const records = needs.unique(name, "SRV");
  if (records.length > MOST_SRV) needs.overflowed = true;
  const services = records.slice(0, MOST_SRV);
  const [text] = needs.unique(name, "TXT");
  for (const { record } of services) {
    if (!isUnder(record.target, LOCAL) || record.target.length < 2) continue;
    needs.host(record.target);
  }
  return {
    instance,
    name,
    type: asServiceType(service, protocol) ?? [service, "_tcp"],
    subtypes: [...subtypes].toSorted(),
    ...(pointer && { pointer }),
    services,
    ...(text && { text }),
  };
}
