import { leastTtl, recordsOf } from "./answer.ts";
import type { Found, Lookup, TargetLookup } from "./lookup.ts";
import type { DnsRecord, Name } from "./message.ts";
import type { LookupOptions, Resolver } from "./resolver.ts";

/** Addresses of one target that are of use to anybody. */
const MOST_ADDRESSES = 32;

type AddressType = "A" | "AAAA";

/**
 * The addresses of an SRV record's target: those that came with the record as far as they are the target's very own, and
 * the rest by asking for A and AAAA at once.
 */
export async function lookUpTarget(
  resolver: Resolver,
  target: Name,
  additionals: readonly DnsRecord[],
  options: LookupOptions = {},
): Promise<TargetLookup> {
  const [ipv4, ipv6] = await Promise.all([
    addressesOf(resolver, target, "A", additionals, options),
    addressesOf(resolver, target, "AAAA", additionals, options),
  ]);
  if (ipv4.kind !== "found" && ipv6.kind !== "found") return neither(ipv4, ipv6);
  const found = [ipv4, ipv6].filter((one) => one.kind === "found");
  const failure = [ipv4, ipv6].find((one) => one.kind === "failed");
  // Knot gives the same glue once for each record that names the target.
  const families = found.map(({ records }) => [...new Set(records.map(({ address }) => address))]);
  return {
    kind: "found",
    addresses: families.flat().slice(0, MOST_ADDRESSES),
    single: failure === undefined && families.every(({ length }) => length === 1),
    ttlSeconds: Math.min(...found.map(({ ttlSeconds }) => ttlSeconds)),
    ...(failure && { missing: failure.reason }),
  };
}

async function addressesOf(
  resolver: Resolver,
  target: Name,
  type: AddressType,
  additionals: readonly DnsRecord[],
  options: LookupOptions,
): Promise<Lookup<AddressType>> {
  const records = recordsOf(additionals, target, type);
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
