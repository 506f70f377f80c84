import { nameText } from "../../src/dns/name.ts";
import type { RecordIndex } from "../../src/dns/record-index.ts";
import { inSrvOrder } from "../../src/dns/srv-order.ts";
import { lookUpTarget } from "../../src/dns/target-lookup.ts";
import type { TxtPairs } from "../../src/model/announcement.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Inquiry } from "./inquiry.ts";
import { type Located, observationsOf } from "./observation.ts";
import { placesOf } from "./places.ts";
import { type ServiceRecords, srvKey } from "./real-records.ts";
import type { Session } from "./session.ts";

/** SRV records of one name that are looked at, at most. */
const MOST_RECORDS = 256;

/** What the records of a name announce, in the order of RFC 2782, as far as their targets are found. */
export async function locate(
  inquiry: Inquiry,
  { records, ttlSeconds, along }: ServiceRecords,
  session: Session,
  txt: TxtPairs | undefined,
): Promise<readonly Observation[]> {
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
  const ordered = session.records.firstOf(inSrvOrder(offered, random).slice(0, MOST_RECORDS));
  const found = await Promise.all(
    ordered.map((record) => locateOne({ inquiry, record, ...(txt && { txt }) }, ttlSeconds, along, session)),
  );
  const observations = found.flatMap((one) =>
    one === undefined ? [] : observationsOf(one, context.catalog, context.clock.now()),
  );
  return session.endpoints.firstOf(observations);
}

/** Servers may give the same record twice, above all among what they were not asked for. */
function distinct(records: ServiceRecords["records"]): ServiceRecords["records"] {
  return [...new Map(records.map((record) => [srvKey(record), record])).values()];
}

async function locateOne(
  known: Pick<Located, "inquiry" | "record" | "txt">,
  ttlSeconds: number,
  along: readonly RecordIndex[],
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
  const target = await lookUpTarget(resolver, record.target, along);
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
  if (target.count > target.addresses.length)
    problems.cut(`only ${target.addresses.length} of ${target.count} addresses of ${host} are looked at`);
  const places = placesOf(target.addresses, inquiry, session);
  if (places.length === 0)
    problems.warn(`${name} names ${host}, whose address ${target.addresses[0]} cannot be a host's`);
  const least = Math.min(ttlSeconds, target.ttlSeconds);
  context.log.debug(
    `dns: ${name} names ${host}:${record.port}, at ${places.map(({ address }) => address).join(", ")}`,
  );
  return { ...known, target, places, ttlSeconds: least };
}
