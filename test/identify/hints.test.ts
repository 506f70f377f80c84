import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { type Agenda, agendaFor } from "../../src/identify/hints.ts";
import { paceOf } from "../../src/identify/pace.ts";
import { systemNet } from "../../src/net/index.ts";

const catalog = await loadCatalog();

function subjectAt(port: number, processName?: string) {
  const endpoint = { address: "192.0.2.1", port, transport: "tcp" } as const;
  return { endpoint, latencyMs: 1, ...(processName !== undefined && { processName }) };
}

function agendaAt(port: number, processName?: string): Agenda {
  return agendaFor(subjectAt(port, processName), catalog);
}

/** The kinds that read each answer, in the order in which they are asked. */
function hintedAt(port: number, processName?: string): string[] {
  const { hinted, http } = agendaAt(port, processName);
  return hinted.map((one) => (one === http ? "HTTP" : one.readers.map(({ entry }) => entry.type).join(" ")));
}

describe("what a port hints at", () => {
  test.each([
    [9090, ["HTTP"]],
    [6379, ["redis"]],
    [5672, ["amqp rabbitmq"]],
    [15_672, ["HTTP"]],
    [7687, ["neo4j"]],
    [7474, ["HTTP"]],
    [4222, []],
    [8222, ["HTTP"]],
    [61_616, []],
    [8161, ["HTTP"]],
    [22, []],
    [40_000, []],
  ])("is asked first: %i", (port, expected) => {
    expect(hintedAt(port)).toEqual(expected);
  });

  test("is asked in the order of who is most at home there", () => {
    expect(hintedAt(9092)).toEqual(["kafka"]);
    expect(hintedAt(9093)).toEqual(["HTTP", "kafka"]);
    expect(hintedAt(9093, "memcached")).toEqual(["memcached", "HTTP", "kafka"]);
  });

  test("is both where a process speaks HTTP at one port and something else at another", () => {
    expect(hintedAt(40_000, "rabbitmq-server")).toEqual(["amqp rabbitmq", "HTTP"]);
  });

  test("is followed by what is met most often: a PING, then the databases and queues of most people", () => {
    const { gentle, rest } = agendaAt(40_000);
    const kinds = [...gentle, ...rest].map(({ readers }) => readers[0]?.entry.type);
    expect(kinds.slice(0, 3)).toEqual(["redis", "postgresql", "mongodb"]);
    expect(kinds).toContain("beanstalkd");
  });

  test("leaves no other question out, and puts none twice", () => {
    const everything = agendaAt(40_000);
    const all = new Set([...everything.gentle, ...everything.rest]);
    for (const port of catalog.ports) {
      const { hinted, http, gentle, rest } = agendaAt(port);
      const asked = [...hinted.filter((one) => one !== http), ...gentle, ...rest];
      expect(new Set(asked)).toEqual(all);
      expect(asked).toHaveLength(all.size);
    }
  });
});

describe("how long a greeting is waited for", () => {
  const tools = {
    net: systemNet,
    dial: async () => undefined,
    catalog,
    sockets: 1,
    timeoutMs: 2_000,
    httpTimeoutMs: 5_000,
    signal: new AbortController().signal,
  };
  const listenMs = (port: number, isBare: boolean): number =>
    paceOf(subjectAt(port), tools, agendaAt(port), { isBare }).listenMs;

  test("is long where one is expected, and short where something is to be asked", () => {
    expect(listenMs(25, true)).toBe(6_000);
    expect(listenMs(9090, true)).toBe(60);
    expect(listenMs(40_000, true)).toBe(300);
  });

  test("is long only inside TLS where that comes first", () => {
    expect(listenMs(993, true)).toBe(60);
    expect(listenMs(993, false)).toBe(6_000);
  });

  test("is short at the port where a kind that greets elsewhere speaks HTTP", () => {
    expect(listenMs(4222, true)).toBeGreaterThan(60);
    expect(listenMs(8222, true)).toBe(60);
  });
});
