import type { NameServer } from "../model/strategy.ts";

/** What this machine's resolver is told, by resolv.conf(5). */
export interface ResolverConfig {
  /** In the order in which they are to be asked. */
  readonly servers: readonly NameServer[];
  /** Domains in which a short name is looked for, as text without the last dot. */
  readonly search: readonly string[];
  /** A name with so many dots is tried as it stands first. */
  readonly ndots: number;
  /** How long one server may take to answer, in milliseconds. */
  readonly timeoutMs: number;
  /** How often all servers are asked. */
  readonly attempts: number;
  /** Begin with another server each time. */
  readonly rotate: boolean;
}

const DNS_PORT = 53;

/** As many as the C library asks (MAXNS). */
const MOST_SERVERS = 3;
const MOST_SEARCH = 32;

/** Defaults and limits of the C library. */
const NDOTS = { usual: 1, least: 0, most: 15 };
const TIMEOUT_SECONDS = { usual: 5, least: 1, most: 30 };
const ATTEMPTS = { usual: 2, least: 1, most: 5 };

/** Reads the text of /etc/resolv.conf. What cannot be understood is passed over, as the C library does. */
export function parseResolvConf(text: string): ResolverConfig {
  const servers: NameServer[] = [];
  let search: readonly string[] = [];
  const options = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [keyword = "", ...values] = line.split(/[;#]/, 1).join("").trim().split(/\s+/);
    if (keyword === "nameserver") servers.push(...values.slice(0, 1).filter(isAddress).map(serverAt));
    // The last of the two counts; `domain` is one word, whatever stands behind it.
    if (keyword === "search" || keyword === "domain")
      search = values
        .slice(0, keyword === "domain" ? 1 : values.length)
        .map(withoutDot)
        .filter(Boolean);
    if (keyword === "options") for (const value of values) options.set(...optionOf(value));
  }
  return {
    servers: servers.slice(0, MOST_SERVERS),
    search: [...new Set(search)].slice(0, MOST_SEARCH),
    ndots: numberIn(options.get("ndots"), NDOTS),
    timeoutMs: numberIn(options.get("timeout"), TIMEOUT_SECONDS) * 1_000,
    attempts: numberIn(options.get("attempts"), ATTEMPTS),
    rotate: options.has("rotate"),
  };
}

function optionOf(text: string): [name: string, value: string] {
  const [name = "", value = ""] = text.split(":");
  return [name, value];
}

function numberIn(text = "", { usual, least, most }: typeof NDOTS): number {
  return /^\d{1,9}$/.test(text) ? Math.min(most, Math.max(least, Number(text))) : usual;
}

function serverAt(address: string): NameServer {
  return { address, port: DNS_PORT };
}

function withoutDot(domain: string): string {
  return domain.replace(/\.$/, "");
}

function isAddress(text: string): boolean {
  const [address = "", zone] = text.split("%");
  if (!address.includes(":")) return zone === undefined && isIpv4(address);
  return (zone === undefined || /^[\w.-]+$/.test(zone)) && URL.canParse(`http://[${address}]`);
}

function isIpv4(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) && text.split(".").every((part) => Number(part) <= 255);
}
