import type { Inventory, Service } from "../../src/model/inventory.ts";

const SEEN = "2026-03-01T12:00:00.400Z";

/** A service with as little as there can be. */
export function bareService(changes: Partial<Service> = {}): Service {
  const { host = "10.0.0.7", port = 7, type = "unknown" } = changes;
  return {
    id: `${type}@${host}:${port}`,
    name: type,
    type,
    category: "unknown",
    host,
    port,
    transport: "tcp",
    addresses: [host],
    hostnames: [],
    url: null,
    tls: false,
    status: "unknown",
    product: null,
    version: null,
    confidence: 0,
    latencyMs: null,
    strategies: ["tcp"],
    metadata: {},
    lastSeen: SEEN,
    ttlSeconds: 300,
    evidence: [],
    ...changes,
  };
}

function evidence(endpoint: string, summary: string): Service["evidence"] {
  return [{ strategy: "tcp", at: SEEN, endpoint, summary }];
}

const redis = bareService({
  type: "redis",
  category: "cache",
  host: "127.0.0.1",
  port: 6379,
  addresses: ["127.0.0.1", "::1"],
  hostnames: ["localhost"],
  url: "redis://127.0.0.1:6379",
  status: "healthy",
  product: "Redis",
  version: "7.0.15",
  confidence: 0.98,
  latencyMs: 0.12,
  strategies: ["tcp", "http"],
  metadata: { process: { pid: 812, name: "redis-server" }, mode: "standalone" },
  evidence: evidence("127.0.0.1:6379", "PING answered +PONG"),
});

const postgresql = bareService({
  type: "postgresql",
  category: "database",
  host: "10.0.0.5",
  port: 5433,
  addresses: ["10.0.0.5"],
  hostnames: ["db.example", "primary.db.example"],
  url: "postgresql://10.0.0.5:5433",
  tls: true,
  status: "protected",
  product: "PostgreSQL",
  confidence: 0.97,
  latencyMs: 1.5,
  metadata: {
    tls: {
      protocol: "TLSv1.3",
      alpn: "postgresql",
      certificate: {
        subject: "db.example",
        issuer: 'Bänk "CA", Zürich\r\n=1+1',
        validFrom: "2025-03-01T00:00:00.000Z",
        validTo: "2026-02-01T00:00:00.000Z",
        names: ["db.example", "10.0.0.5"],
        fingerprint: Array.from({ length: 32 }, () => "AB").join(":"),
        problem: "certificate has expired",
      },
    },
  },
  evidence: evidence("10.0.0.5:5433", "SSLRequest answered S, then a v3 ErrorResponse"),
});

const ollama = bareService({
  name: "Büro 東京\u202e",
  type: "ollama",
  category: "llm",
  host: "fe80::1%eth0",
  port: 11434,
  hostnames: ["東京.example"],
  url: "http://[fe80::1%25eth0]:11434",
  status: "degraded",
  product: "Ollama",
  version: "0.5.7",
  confidence: 0.95,
  metadata: {
    models: ["llama3.2:latest", "qwen2.5"],
    odd: ["yes", "1:30", "2026-03-01", "012", "null", "", "~"],
    large: 1e21,
    small: -5e-7,
  },
  evidence: evidence("[fe80::1%eth0]:11434", 'GET / answered "Ollama is running"'),
});

const mysql = bareService({
  type: "mysql",
  category: "database",
  host: "10.0.0.6",
  port: 3306,
  status: "unhealthy",
  product: "-Maria,\u001b[31mDB",
  version: '=cmd|" /C calc"!A0\n',
  confidence: 0.9,
  latencyMs: 0.9,
  evidence: evidence("10.0.0.6:3306", "a v10 handshake"),
});

const unknown = bareService({
  latencyMs: 2,
  metadata: { firstBytes: '\\x1b[2J"hi", they said\\r\\n' },
  evidence: evidence("10.0.0.7:7", "said 24 bytes that nobody recognised"),
});

const silent = bareService({
  host: "10.0.0.8",
  port: 9,
  transport: "udp",
  evidence: evidence("10.0.0.8:9", "open, and silent to 12 questions"),
});

/** All that can be in a document, strangers' worst included. */
export const MIXED: Inventory = {
  schemaVersion: 1,
  scan: {
    id: "0198f5c2",
    startedAt: "2026-03-01T12:00:00.000Z",
    durationMs: 812,
    strategies: ["tcp", "http"],
    targets: ["10.0.0.0/29", "localhost"],
  },
  coverage: {
    addresses: 10,
    probes: 1900,
    open: 6,
    closed: 1894,
    filtered: 0,
    unreachable: 0,
    failed: 0,
    unprobed: 0,
    complete: true,
  },
  services: [postgresql, mysql, unknown, silent, redis, ollama],
  warnings: [],
};

/** The same, cut short. */
export const INTERRUPTED: Inventory = {
  ...MIXED,
  scan: { ...MIXED.scan, durationMs: 185_000 },
  coverage: {
    addresses: 10,
    probes: 1900,
    open: 1,
    closed: 884,
    filtered: 12,
    unreachable: 1,
    failed: 2,
    unprobed: 1000,
    complete: false,
  },
  services: [redis],
  warnings: ["nobody.example: no such host", "line\none\u001b[2J"],
};

/** Nothing there. */
export const EMPTY: Inventory = {
  ...MIXED,
  coverage: { ...MIXED.coverage, addresses: 1, probes: 190, open: 0, closed: 190 },
  scan: { ...MIXED.scan, durationMs: 4, targets: ["127.0.0.1"] },
  services: [],
};
