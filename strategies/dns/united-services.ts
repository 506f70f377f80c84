import type { Name, RecordOf } from "../../src/dns/message.ts";
import { nameKey } from "../../src/dns/name.ts";
import { RecordIndex } from "../../src/dns/record-index.ts";
import { type RealOptions, type ServiceRecords, realServices } from "./real-records.ts";
import type { Session } from "./session.ts";

/** As many healthy instances AWS Cloud Map puts into one answer, drawn anew each time. */
const CLOUD_MAP_RECORDS = 8;
/** Asked so often at most, and no more once so many answers in a row had nothing new. */
const MOST_TIMES = 12;
const QUIET_TIMES = 3;

/**
 * The SRV records of a name, put together from several answers where one is known to be a part only. Names with an
 * underscore are not Cloud Map's.
 */
export async function unitedServices(
  name: Name,
  session: Session,
  options: RealOptions,
): Promise<ServiceRecords | undefined> {
  const first = await realServices(name, session, options);
  if (first === undefined || first.records.length !== CLOUD_MAP_RECORDS || name[0]?.startsWith("_") === true)
    return first;
  let { ttlSeconds } = first;
  const along = [...first.along];
  const known = new Map(first.records.map((record) => [keyOf(record), record]));
  let quiet = 0;
  for (let times = 1; times < MOST_TIMES && quiet < QUIET_TIMES; times++) {
    const more = await session.resolver.lookup(name, "SRV", { again: true });
    if (more.kind !== "found") break;
    const before = known.size;
    for (const record of more.records) if (!known.has(keyOf(record))) known.set(keyOf(record), record);
    along.push(new RecordIndex(more.additionals));
    ttlSeconds = Math.min(ttlSeconds, more.ttlSeconds);
    quiet = known.size === before ? quiet + 1 : 0;
  }
  return { records: [...known.values()], ttlSeconds, along };
}

function keyOf({ port, target }: RecordOf<"SRV">): string {
  return `${port} ${nameKey(target)}`;
}
