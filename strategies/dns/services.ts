import { leastTtl, recordsOf } from "../../src/dns/answer.ts";
import type { DnsRecord, Name, RecordOf } from "../../src/dns/message.ts";
import { nameText, sameName } from "../../src/dns/name.ts";
import { inSrvOrder } from "../../src/dns/srv-order.ts";
import { lookUpTarget } from "../../src/dns/target-lookup.ts";
import { txtPairs } from "../../src/dns/txt.ts";
import type { TxtPairs } from "../../src/model/announcement.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Inquiry } from "./inquiry.ts";
import { type Located, observationsOf } from "./observation.ts";
import { type Pointers, type ServiceRecords, foundIn, realPointers } from "./real-records.ts";
import type { Session } from "./session.ts";
import { unitedServices } from "./united-services.ts";
import { isAnybodys } from "./usable-address.ts";
import { isType, typeAt } from "./wish.ts";

/** Records of one name, and instances of one type, that are looked at, at most. */
const MOST_RECORDS = 256;

/** What is announced there, in the order of RFC 2782; nothing where nobody could tell, which is noted. */
export async function answerTo(inquiry: Inquiry, session: Session): Promise<Observation[]> {
  if (inquiry.kind === "browse") return instancesAt(inquiry, session);
  if (inquiry.kind === "instance") return instanceAt(inquiry, session, noPointers);
  const { name, transport, literal = false } = inquiry;
  const services = await unitedServices(name, session, { transport, literal });
  return services === undefined ? [] : locate(inquiry, services, session, undefined);
}

const noPointers: Pick<Pointers, "ttlSeconds" | "additionals"> = {
  ttlSeconds: Number.POSITIVE_INFINITY,
  additionals: [],
};

/** The chain of RFC 6763: PTR to instances, each of them SRV and TXT. */
async function instancesAt(inquiry: Inquiry, session: Session): Promise<Observation[]> {
  const { name, domain, literal = false } = inquiry;
  const pointers = await realPointers(name, session, { literal });
  if (pointers === undefined) return [];
  const { targets } = pointers;
  const instances = targets.slice(0, MOST_RECORDS).filter((one) => typeAt(one) === 1);
  if (targets.length > MOST_RECORDS)
    session.problems.cut(
      `only ${MOST_RECORDS} of ${targets.length} instances at ${nameText(name)} are looked at`,
    );
  const found = await Promise.all(
    instances.map((instance) => {
      // Most are where they are listed; they may be anywhere (RFC 6763, section 4).
      const home = sameName(instance.slice(3), domain) ? domain : instance.slice(3);
      return instanceAt({ ...inquiry, kind: "instance", name: instance, domain: home }, session, pointers);
    }),
  );
  return found.flat();
}

async function instanceAt(
  inquiry: Inquiry,
  session: Session,
  { ttlSeconds, additionals }: Pick<Pointers, "ttlSeconds" | "additionals">,
): Promise<Observation[]> {
  const { name } = inquiry;
  const [services, text] = await Promise.all([
    recordsAt(name, "SRV", additionals, session),
    recordsAt(name, "TXT", additionals, session),
  ]);
  if (services === undefined) {
    if (additionals !== noPointers.additionals)
      session.context.log.debug(`dns: ${nameText(name)} is listed, and has no SRV record`);
    return [];
  }
  const [first] = text?.records ?? [];
  const least = Math.min(ttlSeconds, services.ttlSeconds, text?.ttlSeconds ?? ttlSeconds);
  const pairs = first === undefined ? undefined : txtPairs(first.strings);
  const all = { ...services, ttlSeconds: least, additionals: [...additionals, ...services.additionals] };
  return locate(inquiry, all, session, pairs);
}

/** Those that came along count as much as those that are asked for, as long as they are the name's own. */
async function recordsAt<T extends "SRV" | "TXT">(
  name: Name,
  type: T,
  additionals: readonly DnsRecord[],
  session: Session,
): Promise<
  { records: readonly RecordOf<T>[]; ttlSeconds: number; additionals: readonly DnsRecord[] } | undefined
> {
  const records = recordsOf(additionals, name, type);
  if (records.length === 0) return foundIn(name, await session.resolver.lookup(name, type), session);
  return { records, ttlSeconds: leastTtl(records), additionals: [] };
}

/** Puts the records in order and finds their targets. */
async function locate(
  inquiry: Inquiry,
  { records, ttlSeconds, additionals }: ServiceRecords,
  session: Session,
  txt: TxtPairs | undefined,
): Promise<Observation[]> {
  const { problems, random, context } = session;
  const name = nameText(inquiry.name);
  const offered = records.filter(({ target }) => target.length > 0);
  if (offered.length === 0) {
    // RFC 2782, "Target": decidedly not available at this domain.
    if (inquiry.wanted) problems.warn(`${name} is decidedly not offered: its SRV record names no host`);
    else context.log.debug(`dns: ${name} is decidedly not offered`);
  }
  if (offered.length > MOST_RECORDS)
    problems.cut(`only ${MOST_RECORDS} of ${offered.length} SRV records at ${name} are looked at`);
  const ordered = inSrvOrder(offered, random).slice(0, MOST_RECORDS);
  const found = await Promise.all(
    ordered.map((record) =>
      locateOne({ inquiry, record, ...(txt && { txt }) }, ttlSeconds, additionals, session),
    ),
  );
  return found.flatMap((one) =>
    one === undefined ? [] : observationsOf(one, context.catalog, context.clock.now()),
  );
}

async function locateOne(
  known: Pick<Located, "inquiry" | "record" | "txt">,
  ttlSeconds: number,
  additionals: readonly DnsRecord[],
  session: Session,
): Promise<Located | undefined> {
  const { problems, resolver, context } = session;
  const { inquiry, record } = known;
  const [name, host] = [nameText(inquiry.name), nameText(record.target)];
  if (record.port === 0) {
    // The port of a name that is taken and has nothing behind it (RFC 6763, section 8).
    context.log.debug(`dns: ${name} names ${host} with port 0, which is nowhere`);
    return undefined;
  }
  const target = await lookUpTarget(resolver, record.target, additionals);
  if (target.kind === "failed") {
    problems.failed(record.target, target.reason);
    return undefined;
  }
  if (target.kind === "absent") {
    const why = target.nameExists ? "which has no address" : "and there is no such name";
    problems.warn(`${name} names ${host}:${record.port}, ${why}`);
    return undefined;
  }
  if (target.missing !== undefined) problems.failed(record.target, target.missing);
  const addresses = target.addresses.filter(isAnybodys);
  if (addresses.length === 0)
    problems.warn(`${name} names ${host}, whose address ${target.addresses[0]} cannot be a host's`);
  const least = Math.min(ttlSeconds, target.ttlSeconds);
  context.log.debug(`dns: ${name} names ${host}:${record.port}, at ${addresses.join(", ")}`);
  return { ...known, target, addresses, ttlSeconds: least };
}

/** The service types that a domain lists (RFC 6763, section 9). */
export async function listedTypes(domain: Name, session: Session): Promise<string[]> {
  const pointers = await realPointers(["_services", "_dns-sd", "_udp", ...domain], session);
  const types = (pointers?.targets ?? []).map((target) => target.slice(0, 2)).filter(isType);
  const all = [...new Set(types.map((type) => type.join(".").toLowerCase()))];
  if (all.length > MOST_RECORDS)
    session.problems.cut(
      `only ${MOST_RECORDS} of ${all.length} service types in ${nameText(domain)} are looked at`,
    );
  return all.slice(0, MOST_RECORDS);
}
