import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import agentEntry from "../../src/catalog/services/sonde-agent.ts";
import { readAgentStatus } from "../../src/servers/agent-status.ts";

describe("an agent's status", () => {
  test("is read whole", () => {
    const agents = [
      { name: "embedder", port: 8101, status: "running", pid: 812, restarts: 0 },
      { name: "reranker", port: 8102, status: "failed" },
    ];
    const json = { service: "sonde-agent", version: "1.2.3", status: "ok", agents, more: [1] };
    expect(readAgentStatus(json)).toEqual({ version: "1.2.3", status: "ok", agents, unread: 0 });
  });

  test("is an agent's by its service alone", () => {
    expect(readAgentStatus({ service: "sonde-agent" })).toEqual({
      version: null,
      status: "unknown",
      agents: [],
      unread: 0,
    });
  });

  test.each([undefined, null, "sonde-agent", [], {}, { service: "other" }, { service: ["sonde-agent"] }])(
    "is none in %j",
    (json) => {
      expect(readAgentStatus(json)).toBeUndefined();
    },
  );

  test("counts what cannot be read, and leaves out what is not as it should be", () => {
    const agents = [
      null,
      {},
      { name: "a" },
      { name: "", port: 1 },
      { name: "b", port: 65_536 },
      { name: "c", port: 1, status: "dancing", pid: -1, restarts: 1.5 },
    ];
    expect(readAgentStatus({ service: "sonde-agent", status: 7, agents })).toEqual({
      version: null,
      status: "unknown",
      agents: [{ name: "c", port: 1, status: "unknown" }],
      unread: 5,
    });
  });

  test("takes no more agents than anybody reads", () => {
    const agents = Array.from({ length: 5_000 }, (_, at) => ({ name: `a${at}`, port: 1 }));
    const status = readAgentStatus({ service: "sonde-agent", agents });
    expect(status?.agents).toHaveLength(1_000);
    expect(status?.unread).toBe(4_000);
  });

  test("is bounded and sound for any JSON", () => {
    const almost = fc.record(
      {
        service: fc.constant("sonde-agent"),
        version: fc.jsonValue(),
        status: fc.oneof(fc.constantFrom("ok", "degraded", "failed"), fc.jsonValue()),
        agents: fc.oneof(
          fc.jsonValue(),
          fc.array(
            fc.record(
              {
                name: fc.oneof(fc.string(), fc.jsonValue()),
                port: fc.oneof(fc.integer(), fc.jsonValue()),
                status: fc.oneof(fc.constantFrom("running", "stopped"), fc.jsonValue()),
                pid: fc.jsonValue(),
                restarts: fc.jsonValue(),
              },
              { requiredKeys: [] },
            ),
          ),
        ),
      },
      { requiredKeys: ["service"] },
    );
    fc.assert(
      fc.property(fc.oneof(almost, fc.jsonValue()), (json) => {
        const status = readAgentStatus(json);
        if (status === undefined) return;
        expect(["ok", "degraded", "failed", "unknown"]).toContain(status.status);
        expect(status.unread).toBeGreaterThanOrEqual(0);
        for (const { name, port, pid = 1, restarts = 0, status: state } of status.agents) {
          expect(name.length).toBeGreaterThan(0);
          expect(name.length).toBeLessThanOrEqual(200);
          expect(Number.isInteger(port) && port >= 1 && port <= 65_535).toBe(true);
          expect(pid).toBeGreaterThan(0);
          expect(restarts).toBeGreaterThanOrEqual(0);
          expect(["starting", "running", "stopped", "failed", "unknown"]).toContain(state);
        }
      }),
    );
  });

  test("is what the catalog takes for an agent, too", () => {
    const [check] = agentEntry.http ?? [];
    for (const json of [{ service: "sonde-agent", status: "ok" }, { service: "other" }]) {
      const claim = check?.read({ status: 200, headers: {}, body: "", json });
      expect(claim !== undefined).toBe(readAgentStatus(json) !== undefined);
    }
  });
});
