import { createHash } from "node:crypto";

import type { Service } from "../../src/model/inventory.ts";
import { type HostFacts, type Knowledge, LOCAL_HOST, type PlanInput } from "../../src/model/plan.ts";
import type { Requirement, Stack, StartSpec } from "../../src/model/stack.ts";

interface Kind {
  readonly category: string;
  readonly ports: readonly number[];
  readonly isGeneric?: true;
}

/** As much of a catalog as a plan asks for; `mariadb` is a product of `mysql`. */
export const KINDS: Readonly<Record<string, Kind>> = {
  postgresql: { category: "database", ports: [5432, 5433] },
  redis: { category: "cache", ports: [6379, 6380] },
  ollama: { category: "llm", ports: [11_434] },
  mysql: { category: "database", ports: [3306] },
  http: { category: "web", ports: [80, 8080], isGeneric: true },
};

export const knowledge: Knowledge = {
  isNamed: ({ type, product }, wanted) =>
    type === wanted || (KINDS[wanted] === undefined && product?.toLowerCase() === wanted),
  isGeneric: (type) => KINDS[type]?.isGeneric === true,
  portsOf: (type) => KINDS[type === "mariadb" ? "mysql" : type]?.ports ?? [],
  isProduct: (word) => word === "mariadb",
  categoryOf: (type) => KINDS[type]?.category ?? "unknown",
  satisfies(version, range) {
    const [major = "", least = ""] = [/^\d+/.exec(version)?.[0], /^>=(\d+)$/.exec(range)?.[1]];
    return major === "" || least === "" ? undefined : Number(major) >= Number(least);
  },
  digest: (text) => createHash("sha256").update(text).digest("hex"),
};

export const LOCAL_ADDRESSES = ["127.0.0.1", "::1", "10.0.0.1"];

export function local(changes: Partial<HostFacts> = {}): HostFacts {
  return { ...host(LOCAL_HOST, ...LOCAL_ADDRESSES), isLocal: true, ...changes };
}

export function host(name: string, ...addresses: string[]): HostFacts {
  return { name, isLocal: false, addresses, labels: {}, capacity: {}, hasGpu: false, load: 0 };
}

const START: StartSpec = { kind: "command", argv: ["serve"], env: {}, cwd: "." };

/** Required, and started with a command where nothing else is said. */
export function requirement(
  name: string,
  changes: Partial<Requirement> & { readonly isManual?: boolean } = {},
): Requirement {
  const { isManual = false, ...rest } = changes;
  return {
    name,
    placement: { kind: "local" },
    type: name,
    required: true,
    replicas: 1,
    needs: {},
    labels: {},
    dependsOn: [],
    health: { timeoutMs: 30_000, ...((changes.type ?? name) === "http" && { path: "/health" }) },
    line: 1,
    ...(!isManual && { start: START }),
    ...rest,
  };
}

/** One that answers as its type does, and is well. */
export function service(type: string, address: string, changes: Partial<Service> = {}): Service {
  const { port = KINDS[type]?.ports[0] ?? 7 } = changes;
  return {
    id: `${type}@${address.includes(":") ? `[${address}]` : address}:${port}`,
    name: type,
    type,
    category: KINDS[type]?.category ?? "unknown",
    host: address,
    port,
    transport: "tcp",
    addresses: [address],
    hostnames: [],
    url: type === "unknown" ? null : `${type}://${address}:${port}`,
    tls: false,
    status: "healthy",
    product: null,
    version: null,
    confidence: type === "unknown" ? 0 : type === "http" ? 0.5 : 0.98,
    latencyMs: 0.5,
    strategies: ["tcp"],
    metadata: {},
    lastSeen: "2026-03-01T12:00:00.400Z",
    ttlSeconds: 300,
    evidence: [
      {
        strategy: "tcp",
        at: "2026-03-01T12:00:00.400Z",
        endpoint: `${address}:${port}`,
        summary: type === "unknown" ? "open, and silent" : `answered as ${type} does`,
      },
    ],
    ...changes,
  };
}

export function stackOf(
  services: readonly Requirement[],
  strategy: Stack["strategy"] = "local-first",
): Stack {
  return {
    file: "services.yaml",
    folder: "/stack",
    strategy,
    services,
    hosts: [],
    digest: "0".repeat(64),
  };
}

/** This machine alone, with nothing on it. */
export function inputOf(
  requirements: readonly Requirement[],
  changes: Partial<PlanInput> & { readonly strategy?: Stack["strategy"] } = {},
): PlanInput {
  const { strategy, ...rest } = changes;
  return {
    stack: stackOf(requirements, strategy),
    services: [],
    stale: [],
    looked: [],
    unknown: [],
    complete: true,
    hosts: [local()],
    started: [],
    previous: [],
    assumeAbsent: false,
    knowledge,
    ...rest,
  };
}
