import { encodeMessage } from "../../src/dns/encode.ts";
import type { DnsRecord, Name, RecordOf } from "../../src/dns/message.ts";

/** A name from labels without dots: `name("h1.local")`. */
export function name(text: string): Name {
  return text.split(".");
}

type Settings = Partial<Pick<DnsRecord, "ttlSeconds" | "cacheFlush">>;

const SHARED = { ttlSeconds: 4_500, cacheFlush: false };
const UNIQUE = { ttlSeconds: 120, cacheFlush: true };

export function ptr(owner: Name, target: Name, settings: Settings = {}): RecordOf<"PTR"> {
  return { ...SHARED, ...settings, name: owner, type: "PTR", target };
}

export function srv(owner: Name, target: Name, port: number, settings: Settings = {}): RecordOf<"SRV"> {
  return { ...UNIQUE, ...settings, name: owner, type: "SRV", priority: 0, weight: 0, port, target };
}

export function txt(owner: Name, pairs: readonly string[], settings: Settings = {}): RecordOf<"TXT"> {
  const strings = pairs.map((pair) => new TextEncoder().encode(pair));
  return { ...UNIQUE, ttlSeconds: 4_500, ...settings, name: owner, type: "TXT", strings };
}

export function a(owner: Name, address: string, settings: Settings = {}): RecordOf<"A"> {
  return { ...UNIQUE, ...settings, name: owner, type: "A", address };
}

export function aaaa(owner: Name, address: string, settings: Settings = {}): RecordOf<"AAAA"> {
  return { ...UNIQUE, ...settings, name: owner, type: "AAAA", address };
}

export function nsec(owner: Name, types: readonly number[], settings: Settings = {}): RecordOf<"NSEC"> {
  return { ...UNIQUE, ...settings, name: owner, type: "NSEC", next: owner, types };
}

/** The same, gone (RFC 6762, section 10.1). */
export function goodbye<R extends DnsRecord>(record: R): R {
  return { ...record, ttlSeconds: 0 };
}

/** A response with these. */
export function response(
  answers: readonly DnsRecord[],
  additionals: readonly DnsRecord[] = [],
  id = 0,
): Uint8Array {
  return encodeMessage({ id, response: true, authoritative: true, answers, additionals });
}

/** All records of one instance on one host: `instance("Dr. Foo", "_http._tcp", "h1", 80)`. */
export function instance(label: string, type: string, host: string, port: number): DnsRecord[] {
  const owner = [label, ...name(type), "local"];
  const target = [host, "local"];
  return [
    ptr(name("_services._dns-sd._udp.local"), [...name(type), "local"]),
    ptr([...name(type), "local"], owner),
    srv(owner, target, port),
    txt(owner, ["v=1"]),
  ];
}
