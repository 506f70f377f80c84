import type { Name } from "../../src/dns/message.ts";
import { nameKey, nameText, parseName } from "../../src/dns/name.ts";
import { realPointers } from "./real-records.ts";
import { type Session, isMulticast } from "./session.ts";

/** Domains that are looked in, at most. */
const MOST_DOMAINS = 16;

/** RFC 6763, section 11: where to browse by default, and where else one can. */
const BROWSE = ["lb", "b"];

/** Where to look: in what the user named, else where this machine's resolver searches and what is listed there. */
export async function domainsOf(session: Session): Promise<readonly Name[]> {
  const named = namedDomains(session);
  if (session.scope.domains.length > 0) return atMost(named, session);
  const { search } = session;
  const lists = search.flatMap((suffix) => BROWSE.map((label) => [label, "_dns-sd", "_udp", ...suffix]));
  const listed = await Promise.all(lists.map((name) => realPointers(name, session)));
  const found = [...search, ...listed.flatMap((one) => one?.targets ?? [])];
  return atMost(
    distinct(found).filter((domain) => !isMulticast(domain)),
    session,
  );
}

const LOCAL = "dns: no name server is asked for what is in local: that is what the mdns strategy is for";

/** Says that multicast is the way, where nobody goes it. */
export function tellLocal({ scope, problems }: Session): void {
  if (!scope.strategies.includes("mdns")) problems.warn(LOCAL);
}

export function namedDomains(session: Session): readonly Name[] {
  const { scope, problems } = session;
  const names = scope.domains.map((text) => {
    const name = parseName(text);
    if (name === undefined) problems.warn(`'${text}' is no domain name`);
    return name;
  });
  const domains = distinct(names.filter((name) => name !== undefined));
  if (domains.some(isMulticast)) tellLocal(session);
  return domains.filter((domain) => !isMulticast(domain));
}

function distinct(names: readonly Name[]): Name[] {
  return [...new Map(names.map((name) => [nameKey(name), name])).values()];
}

function atMost(domains: readonly Name[], { problems }: Session): readonly Name[] {
  const [first] = domains.slice(MOST_DOMAINS);
  if (first !== undefined)
    problems.cut(`only ${MOST_DOMAINS} domains are looked in: ${nameText(first)} and those after it are not`);
  return domains.slice(0, MOST_DOMAINS);
}
