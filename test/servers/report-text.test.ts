import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { LocalReport, RemoteReport, StartupReport } from "../../src/model/servers.ts";
import { reportText } from "../../src/output/servers/report-text.ts";
import { displayWidth } from "../../src/output/table/display-width.ts";

const LOCAL: LocalReport = {
  status: "ready",
  ok: true,
  error: null,
  remedies: [],
  note: null,
  host: "localhost",
  port: 8100,
  directory: "/srv/agents",
  maxAgents: 10,
  version: null,
  agents: [],
};

function remote(name: string, more: Partial<RemoteReport>): RemoteReport {
  const host = "10.0.0.9";
  const rest = { description: "", version: null, agents: [], latencyMs: null };
  return { name, host, port: 8100, status: "running", summary: "sonde agent", ...rest, ...more };
}

function reportOf(local: Partial<LocalReport>, remotes: readonly RemoteReport[] = []): StartupReport {
  const whole = { ...LOCAL, ...local };
  const at = "2026-01-01T00:00:00.000Z";
  return { schemaVersion: 1, at, file: null, ok: whole.ok, local: whole, remotes, durationMs: 2_003 };
}

const REMOTES = [
  remote("gpu", {
    summary: "sonde agent 1.2.3",
    description: "A100",
    agents: [
      { name: "embedder", port: 8101, status: "running", pid: 812, restarts: 1 },
      { name: "reranker", port: 8102, status: "failed" },
    ],
  }),
  remote("db", { status: "registered_not_running", summary: "connection refused: nothing listens there" }),
  remote("old", { status: "disabled", summary: "disabled: it was not asked" }),
  remote("lab", { status: "error", summary: "no answer within 2.0 s", host: "2001:db8::1" }),
];

describe("the text of a startup report", () => {
  test("says how it stands with each, in signs and words", () => {
    const note = "Port 8100 is already in use by process node, pid 812: 8101 is the next that is free";
    expect(reportText(reportOf({ port: 8101, note }, REMOTES), { color: false, width: 80 })).toBe(
      `Local server
  ✓ localhost:8101 ready
    Port 8100 is already in use by process node, pid 812: 8101 is the next
      that is free
    directory: /srv/agents
    agents: none active, at most 10

Remote servers
  ● gpu 10.0.0.9:8100
    running: sonde agent 1.2.3
    agents: embedder on 8101 (1 restart), reranker on 8102 (failed)
    A100
  ○ db 10.0.0.9:8100
    registered, not running: connection refused: nothing listens there
  ○ old 10.0.0.9:8100
    disabled
  ✗ lab [2001:db8::1]:8100
    error: no answer within 2.0 s

1 of 4 remote servers running · 2.0 s
`,
    );
  });

  test("has what is wrong with the local server in one piece, and what to do about it", () => {
    const error = "Port 8100 is already in use and auto-discovery is disabled";
    const text = reportText(
      reportOf({ status: "error", ok: false, port: null, error, remedies: ["end it", "take another"] }),
      { color: false, width: 80 },
    );
    expect(text).toBe(
      `Local server
  ✗ localhost
    ${error}
    → end it
    → take another
    directory: /srv/agents
    agents: none active, at most 10

Remote servers
  none registered

0 remote servers · 2.0 s
`,
    );
  });

  test("is the same in colours, but for the colours", () => {
    const plain = reportText(reportOf({}, REMOTES), { color: false, width: 80 });
    const colored = reportText(reportOf({}, REMOTES), { color: true, width: 80 });
    expect(colored).toContain("\u001b[32m✓\u001b[0m");
    expect(colored).toContain("\u001b[31m✗\u001b[0m");
    expect(colored.replaceAll(/\u001b\[\d*m/g, "")).toBe(plain);
  });

  test("is never wider than it may be, and obeys no stranger", () => {
    const words = fc.string({ unit: "binary", maxLength: 200 });
    fc.assert(
      fc.property(words, words, fc.integer({ min: 20, max: 200 }), (name, summary, width) => {
        const agents = [{ name, port: 1, status: "unknown" as const }];
        const strange = remote("gpu", { name, summary, description: name, agents });
        const local = { error: summary, remedies: [name], note: name, agents, host: name };
        const text = reportText(reportOf(local, [strange]), { color: false, width });
        for (const line of text.split("\n")) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
          expect(line).toBe(line.trimEnd());
        }
      }),
    );
  });
});
