import type { Found } from "../../src/dns/lookup.ts";
import type { Name } from "../../src/dns/message.ts";
import { nameText, sameName } from "../../src/dns/name.ts";
import type { Session } from "./session.ts";

/** A way of naming services in DNS beside that of RFC 2782 and RFC 6763. */
export type Convention = "consul" | "kubernetes" | "cloud-map";

/** A domain that is there, and how services are named in it. */
export interface Zone {
  readonly domain: Name;
  /** Absent: as RFC 2782 and RFC 6763 have it. */
  readonly convention?: Convention;
  /** The cluster's zone where it is one of Kubernetes, else the domain. */
  readonly root: Name;
}

/**
 * Whether a domain is worth asking in; undefined where it is not there, or nobody could tell. `named`: by the user, who is
 * told.
 */
export async function surveyZone(domain: Name, named: boolean, session: Session): Promise<Zone | undefined> {
  const { resolver, problems, context } = session;
  const start = await resolver.lookup(domain, "SOA");
  if (start.kind === "failed") {
    if (start.answered) problems.answered();
    problems.failed(domain, start.reason);
    return undefined;
  }
  problems.answered();
  // Without a SOA record it is the word of a server such as dnsmasq, which knows names and not zones (RFC 8020
  // does not hold there): a name it does not have may well have others below it.
  if (start.kind === "absent" && !start.nameExists && start.ttlSeconds !== undefined) {
    const line = `there is no domain ${nameText(domain)}`;
    if (named) problems.warn(line);
    else context.log.debug(`dns: ${line}`);
    return undefined;
  }
  const soa = start.kind === "found" ? start : undefined;
  const root = clusterRoot(domain);
  if (await isConsul(domain, soa, session)) return { domain, convention: "consul", root: domain };
  if (await isKubernetes(root, session)) return { domain, convention: "kubernetes", root };
  return isRoute53(soa) ? { domain, convention: "cloud-map", root: domain } : { domain, root: domain };
}

/**
 * Consul's zone is `consul` unless it was told otherwise; then its SOA record names `ns` and `hostmaster` in the zone, as
 * others may, and it has itself as a service (consul, agent/dns).
 */
async function isConsul(
  domain: Name,
  soa: Found<"SOA"> | undefined,
  { resolver }: Session,
): Promise<boolean> {
  if (domain.at(-1)?.toLowerCase() === "consul") return true;
  const [record] = soa?.records ?? [];
  if (record === undefined) return false;
  const { primary, mailbox } = record;
  if (!sameName(primary, ["ns", ...domain]) || !sameName(mailbox, ["hostmaster", ...domain])) return false;
  const itself = await resolver.lookup(["consul", "service", ...domain], "SRV", { transport: "tcp" });
  return itself.kind === "found";
}

/** kubernetes/dns, docs/specification.md, section 2.2: each cluster's zone says which version it keeps to. */
async function isKubernetes(root: Name, { resolver }: Session): Promise<boolean> {
  const version = await resolver.lookup(["dns-version", ...root], "TXT");
  if (version.kind !== "found") return false;
  const text = version.records.flatMap(({ strings }) =>
    strings.map((string) => Buffer.from(string).toString()),
  );
  return text.some((one) => /^\d+\.\d+\.\d+$/.test(one));
}

/** Pods are told to search `<namespace>.svc.<zone>` and `svc.<zone>`. */
function clusterRoot(domain: Name): Name {
  const at = domain.findIndex((label) => label.toLowerCase() === "svc");
  return at < 0 || at > 1 ? domain : domain.slice(at + 1);
}

/** Cloud Map keeps its namespaces in zones of Route 53, whose name servers are called like this. */
function isRoute53(soa: Found<"SOA"> | undefined): boolean {
  return soa?.records[0]?.primary.some((label) => /^awsdns-\d+$/i.test(label)) ?? false;
}
