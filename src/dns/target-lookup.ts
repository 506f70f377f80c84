import { leastTtl } from "./answer.ts";
import type { Found, Lookup, TargetLookup } from "./lookup.ts";
import type { Name } from "./message.ts";
import type { RecordIndex } from "./record-index.ts";
import type { LookupOptions, Resolver } from "./resolver.ts";

/** Addresses of one target that are looked at, at most. */
const MOST_ADDRESSES = 16;

/** An IPv4-mapped address (RFC 4291, section 2.5.5.2), in the words of RFC 5952. */
const MAPPED = /^::ffff:(?=[\d.]+$)/i;

type AddressType = "A" | "AAAA";

/**
 * The addresses of an SRV record's target: those that came with the record as far as they are the target's very own, and
 * the rest by asking for A and AAAA at once.
 */
export async function lookUpTarget(
  resolver: Resolver,
  target: Name,
  along: readonly RecordIndex[],
  options: LookupOptions = {},
): Promise<TargetLookup> {
  const [ipv4, ipv6] = await Promise.all([
    addressesOf(resolver, target, "A", along, options),
    addressesOf(resolver, target, "AAAA", along, options),
  ]);
  if (ipv4.kind !== "found" && ipv6.kind !== "found") return neither(ipv4, ipv6);
  const found = [ipv4, ipv6].filter((one) => one.kind === "found");
  const failure = [ipv4, ipv6].find((one) => one.kind === "failed");
  const addresses = distinctAddresses(found.flatMap(({ records }) => records));
  const inFamily6 = addresses.filter((address) => address.includes(":")).length;
  return {
    kind: "found",
    addresses: addresses.slice(0, MOST_ADDRESSES),
    count: addresses.length,
    single: failure === undefined && inFamily6 <= 1 && addresses.length - inFamily6 <= 1,
    ttlSeconds: Math.min(...found.map(({ ttlSeconds }) => ttlSeconds)),
    ...(failure && { missing: failure.reason }),
  };
}

/** IPv4 first. Knot gives the same glue once for each record that names the target. */
function distinctAddresses(records: readonly { readonly address: string }[]): string[] {
  const all = [...new Set(records.map(({ address }) => address.replace(MAPPED, "")))];
  return all.toSorted((a, b) => Number(a.includes(":")) - Number(b.includes(":")));
}

async function addressesOf(
  resolver: Resolver,
  target: Name,
  type: AddressType,
  along: readonly RecordIndex[],
  options: LookupOptions,
): Promise<Lookup<AddressType>> {
  const records = along.flatMap((one) => one.of(target, type));
  if (records.length === 0) return resolver.lookup(target, type, options);
  const glue: Found<AddressType> = {
    kind: "found",
    records,
    owner: target,
    ttlSeconds: leastTtl(records),
    additionals: [],
  };
  return glue;
}

/** A name that is not there has neither; else not knowing one of them is not knowing. */
function neither(
  ipv4: Exclude<Lookup<"A">, { kind: "found" }>,
  ipv6: Exclude<Lookup<"AAAA">, { kind: "found" }>,
): TargetLookup {
  const both = [ipv4, ipv6];
  const denied = both.find((one) => one.kind === "absent" && !one.nameExists);
  return denied ?? both.find(({ kind }) => kind === "failed") ?? ipv6;
}
