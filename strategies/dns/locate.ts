import type { DnsRecord } from "../../src/dns/message.ts";
import { nameText } from "../../src/dns/name.ts";
import { inSrvOrder } from "../../src/dns/srv-order.ts";
import { lookUpTarget } from "../../src/dns/target-lookup.ts";
import type { TxtPairs } from "../../src/model/announcement.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Inquiry } from "./inquiry.ts";
import { type Located, observationsOf } from "./observation.ts";
import { type ServiceRecords, srvKey } from "./real-records.ts";
import type { Session } from "./session.ts";
import { isAnybodys } from "./usable-address.ts";

/** SRV records of one name that are looked at, at most. */
const MOST_RECORDS = 256;

/** What the records of a name announce, in the order of RFC 2782, as far as their targets are found. */
export async function locate(
  inquiry: Inquiry,
  { records, ttlSeconds, additionals }: ServiceRecords,
  session: Session,
  txt: TxtPairs | undefined,
): Promise<Observation[]> {
  const { problems, random, context } = session;
  const name = nameText(inquiry.name);
  const offered = distinct(records.filter(({ target }) => target.length > 0));
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

/** Servers may give the same record twice, above all among what they were not asked for. */
function distinct(records: ServiceRecords["records"]): ServiceRecords["records"] {
  const keys = records.map(srvKey);
  return records.filter((_, at) => keys.indexOf(keys[at] ?? "") === at);
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
