import * as fc from "fast-check";

import { createCatalog } from "../../src/catalog/index.ts";
import type { Catalog, CatalogEntry } from "../../src/model/catalog.ts";
import type { Claim, Observation, TlsFacts } from "../../src/model/observation.ts";

function entry(type: string, scheme?: string, tlsScheme?: string): CatalogEntry {
  return {
    type,
    title: type,
    category: "cache",
    summary: "",
    ports: [],
    examples: [],
    ...(scheme !== undefined && { scheme }),
    ...(tlsScheme !== undefined && { tlsScheme }),
  };
}

/** A secure scheme of its own, one scheme for both, none at all. */
export const catalog: Catalog = createCatalog([
  entry("redis", "redis", "rediss"),
  entry("mysql", "mysql"),
  entry("mute-one"),
]);

export const OWN = ["127.0.0.1", "127.0.0.53", "::1", "192.0.2.1", "fe80::1%eth0"] as const;

export function isOwn(address: string): boolean {
  return OWN.some((own) => own === address);
}

export const TLS: TlsFacts = { protocol: "TLSv1.3" };

type Shape = Partial<Omit<Observation, "endpoint" | "claim">> & {
  readonly address?: string;
  readonly port?: number;
  readonly claim?: Partial<Claim>;
};

/** An open Redis on 127.0.0.1:6379, but for what is said otherwise. */
export function seen({ address = "127.0.0.1", port = 6379, claim, ...rest }: Shape = {}): Observation {
  return {
    strategy: "tcp",
    at: 1_000,
    outcome: "open",
    ...rest,
    endpoint: { address, port, transport: "tcp" },
    claim: { type: "redis", confidence: 0.95, summary: "answered PONG", ...claim },
  };
}

/** The same where nobody knows what it is. */
export function unknown(shape: Omit<Shape, "claim"> = {}): Observation {
  const { claim: _, ...rest } = seen(shape);
  return rest;
}

const claims = fc.record(
  {
    type: fc.constantFrom("redis", "mysql", "mute-one", "not-in-catalog"),
    confidence: fc.constantFrom(0.5, 0.8, 0.95, 0.95),
    summary: fc.constantFrom("answered", "greeted"),
    version: fc.constantFrom("7.2", "8.0"),
    product: fc.constantFrom("Valkey", "Redis"),
    metadata: fc.constantFrom({ role: "master" }, { process: { pid: 1, name: "init" } }),
  },
  { requiredKeys: ["type", "confidence", "summary"] },
);

/** Of few addresses and ports, so that much of it belongs together. */
export const observations: fc.Arbitrary<Observation> = fc.record(
  {
    strategy: fc.constantFrom("tcp", "http", "dns"),
    at: fc.integer({ min: 0, max: 5 }),
    outcome: fc.constantFrom("open", "open", "open", "closed", "filtered", "announced", "withdrawn"),
    announcement: fc.record({
      name: fc.constantFrom("a._redis._tcp.local", "b._redis._tcp.local"),
      domain: fc.constant("local"),
      target: fc.constantFrom("a.local", "b.local"),
      ttlSeconds: fc.constant(120),
    }),
    sameHost: fc.subarray(["192.0.2.9", "192.0.2.10", "2001:db8::9", "127.0.0.1"]),
    endpoint: fc.record({
      address: fc.constantFrom(...OWN, "192.0.2.9", "192.0.2.10", "2001:db8::9"),
      port: fc.constantFrom(80, 6379),
      transport: fc.constantFrom("tcp", "tcp", "udp"),
    }),
    hostnames: fc.subarray(["a.example", "b.example", "localhost"]),
    latencyMs: fc.constantFrom(0.4, 1, 20),
    reason: fc.constant("accepted a connection"),
    claim: claims,
    tls: fc.constantFrom(TLS, { ...TLS, alpn: "h2" }),
    process: fc.constantFrom({ pid: 1, name: "one" }, { pid: 2, name: "two" }),
    firstBytes: fc.constantFrom("hello", "\\x00"),
    ttlSeconds: fc.constantFrom(60, 600),
  },
  { requiredKeys: ["strategy", "at", "outcome", "endpoint"] },
);
