import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { readCheck } from "../../src/cli/check/arguments.ts";
import { type PortFacts, judgePort } from "../../src/cli/check/verdict.ts";
import { service } from "./fake-io.ts";

const catalog = await loadCatalog();

function facts(more: Partial<PortFacts> = {}): PortFacts {
  return { port: 5432, bindings: { ipv4: "free", ipv6: "free" }, listeners: [], services: [], ...more };
}

const TAKEN = { ipv4: "taken", ipv6: "taken" } as const;
const listener = { address: "127.0.0.1", port: 5432, process: { pid: 812, name: "postgres" } };
const process = { process: { pid: 812, name: "postgres" } };
const postgresql = service("postgresql", { product: "PostgreSQL", version: "15.18", metadata: process });
const redis = service("redis", { product: "Redis", version: null, addresses: ["::1"] });
const held = { bindings: TAKEN, listeners: [listener] };

describe("a port", () => {
  test.each<[string, Partial<PortFacts>, string, string]>([
    ["free", {}, "free", "port 5432 is free"],
    [
      "free where there is no IPv6",
      { bindings: { ipv4: "free", ipv6: "absent" } },
      "free",
      "port 5432 is free",
    ],
    [
      "free as far as this user can see",
      { bindings: { ipv4: "forbidden", ipv6: "forbidden" } },
      "free",
      "port 5432 is free as far as can be seen: nobody answers, and this user may not bind it",
    ],
    [
      "free as far as this machine can tell",
      { bindings: { ipv4: "failed", ipv6: "absent" } },
      "free",
      "port 5432 is free as far as can be seen: nobody answers, and it could not be tried",
    ],
    [
      "taken by what it should be",
      { ...held, services: [postgresql], wanted: "postgresql" },
      "expected",
      "port 5432 is taken by postgresql (PostgreSQL 15.18, process postgres, pid 812)",
    ],
    [
      "taken by a product of the type",
      { ...held, services: [service("redis", { product: "Valkey" })], wanted: "valkey" },
      "expected",
      "port 5432 is taken by redis (Valkey)",
    ],
    [
      "taken by a kind that speaks HTTP, which will do for HTTP",
      { ...held, services: [service("nginx", { url: "http://127.0.0.1:5432" })], wanted: "http" },
      "expected",
      "port 5432 is taken by nginx",
    ],
    [
      "taken by what does not speak HTTP",
      { ...held, services: [service("redis", { url: "redis://127.0.0.1:5432" })], wanted: "http" },
      "other",
      "port 5432 is taken by redis, not http",
    ],
    [
      "taken by what it should be, which is not well",
      { ...held, services: [service("redis", { status: "degraded" })], wanted: "redis" },
      "expected",
      "port 5432 is taken by redis (degraded)",
    ],
    [
      "taken where nobody said by what it should be",
      { ...held, services: [postgresql] },
      "other",
      "port 5432 is taken by postgresql (PostgreSQL 15.18, process postgres, pid 812)",
    ],
    [
      "taken by something else",
      { ...held, services: [postgresql], wanted: "redis" },
      "other",
      "port 5432 is taken by postgresql, not redis (PostgreSQL 15.18, process postgres, pid 812)",
    ],
    [
      "taken by something unknown",
      { ...held, services: [service("unknown", { metadata: process })], wanted: "postgresql" },
      "other",
      "port 5432 is taken by something unknown, not postgresql (process postgres, pid 812)",
    ],
    [
      "taken by two, of which one is right",
      { ...held, services: [postgresql, redis], wanted: "postgresql" },
      "other",
      "port 5432 is taken by redis at ::1, not postgresql (Redis), besides postgresql at 127.0.0.1",
    ],
    [
      "taken by two, and both are right",
      { ...held, services: [postgresql, { ...postgresql, addresses: ["::1"] }], wanted: "postgresql" },
      "expected",
      "port 5432 is taken by postgresql at 127.0.0.1 (PostgreSQL 15.18, process postgres, pid 812) and postgresql at ::1 (PostgreSQL 15.18, process postgres, pid 812)",
    ],
    [
      "taken by what does not answer",
      { ...held, wanted: "postgresql" },
      "other",
      "port 5432 is taken by something that does not answer, not postgresql (process postgres, pid 812)",
    ],
    [
      "taken by what this user may not see",
      { bindings: TAKEN, listeners: [{ address: "::", port: 5432 }] },
      "other",
      "port 5432 is taken by something that does not answer",
    ],
    [
      "taken by a connection's own end",
      { bindings: { ipv4: "taken", ipv6: "free" } },
      "other",
      "port 5432 is taken by a socket that does not listen (such as this end of a connection to elsewhere)",
    ],
    [
      "forwarded",
      { services: [postgresql], wanted: "postgresql" },
      "expected",
      "port 5432 is taken by postgresql (PostgreSQL 15.18, process postgres, pid 812, no socket of this machine's own: it is forwarded)",
    ],
  ])("is %s", (_what, more, state, summary) => {
    expect(judgePort(facts(more), catalog)).toEqual({ state, summary });
  });
});

describe("the arguments", () => {
  test.each([
    [["5432"], { port: 5432 }],
    [["5432", "PostgreSQL"], { port: 5432, wanted: "postgresql" }],
    [["65535", "mariadb"], { port: 65_535, wanted: "mariadb" }],
  ])("%j are a port and what it should be", (args, read) => {
    expect(readCheck(args, catalog)).toEqual(read);
  });

  test.each([
    [[], "check which port? discover check 5432 postgresql"],
    [[""], "no port (argument 1): a port is a number from 1 to 65535"],
    [["0"], "0 (argument 1): a port is a number from 1 to 65535"],
    [["65536"], "65536 (argument 1): a port is a number from 1 to 65535"],
    [["80-90"], "80-90 (argument 1): a port is a number from 1 to 65535"],
    [["redis"], "redis (argument 1): a type, not a port — did you mean 'discover check 6379 redis'?"],
    [["Redis", "7000"], "Redis (argument 1): a type, not a port — did you mean 'discover check 7000 redis'?"],
    [[":80"], ":80 (argument 1): this machine is meant anyway — did you mean '80'?"],
    [["localhost:80"], "localhost:80 (argument 1): this machine is meant anyway — did you mean '80'?"],
    [["db:80"], "db:80 (argument 1): only ports of this machine are checked; discover wait takes host:port"],
    [["80", "ngin"], "ngin (argument 2): no such type — did you mean 'nginx'?"],
    [["80", "unknown"], "unknown (argument 2): no such type; 'discover catalog' shows all"],
    [["80", "nginx", "81"], "one port and one type, not 81"],
  ])("%j are a mistake, and what would be right is said", (args, message) => {
    expect(() => readCheck(args, catalog)).toThrow(message);
  });
});
