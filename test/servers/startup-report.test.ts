import { describe, expect, test } from "vitest";

import type { StartupReport } from "../../src/model/servers.ts";
import { jsonText } from "../../src/output/json-text.ts";
import { REPORT_SCHEMA } from "../../src/output/schema/report-schema.ts";
import { startupReport } from "../../src/servers/startup-report.ts";
import { documentBy } from "../cli/by-schema.ts";
import { closedPort, during, handles, handlesBackTo, serve } from "../net/peers.ts";
import { WELL, standIn } from "./agents.ts";
import { configOf, inFolder, remoteOf } from "./config.ts";

/** The document, once the schema has nothing against it. */
async function reportOn(...args: Parameters<typeof startupReport>): Promise<StartupReport> {
  const report = await startupReport(...args);
  documentBy(REPORT_SCHEMA, jsonText(report));
  return report;
}

const nobodyKnows = (): Promise<never> => Promise.reject(new Error("no"));

describe("the startup report", () => {
  test("tells of a local server that can be started, and of the remote ones", async () => {
    const basePort = await closedPort();
    await inFolder(async (folder) => {
      await during(standIn(WELL), async ({ port }) => {
        const remoteServers = [
          remoteOf(port, { name: "gpu", description: "A100" }),
          remoteOf(1, { name: "off", enabled: false }),
        ];
        const report = await reportOn(configOf({ basePort, remoteServers }), { folder, file: "s.json" });
        expect(report).toMatchObject({
          schemaVersion: 1,
          file: "s.json",
          ok: true,
          local: {
            status: "ready",
            ok: true,
            error: null,
            port: basePort,
            directory: folder,
            maxAgents: 10,
            agents: [],
          },
          remotes: [
            { name: "gpu", status: "running", description: "A100", agents: WELL.agents },
            { name: "off", status: "disabled" },
          ],
        });
      });
    });
  });

  test("is well whatever remote servers do", async () => {
    const [basePort, dead] = [await closedPort(), await closedPort()];
    const config = configOf({
      basePort,
      remoteServers: [remoteOf(dead), remoteOf(1, { host: "a.example" })],
    });
    const { ok, remotes } = await reportOn(config, { lookUp: nobodyKnows });
    expect(ok).toBe(true);
    expect(remotes.map(({ status }) => status)).toEqual(["registered_not_running", "error"]);
  });

  test("knows the local server where it runs already", async () => {
    await during(standIn(WELL), async ({ port }) => {
      for (const autoDiscoverPort of [true, false]) {
        const { ok, local } = await reportOn(configOf({ basePort: port, autoDiscoverPort }));
        expect(ok).toBe(true);
        expect(local).toMatchObject({
          status: "running",
          error: null,
          remedies: [],
          port,
          version: "1.2.3",
          agents: WELL.agents,
          note: "sonde agent 1.2.3",
        });
      }
    });
  });

  test("tells of a directory that is not there, though the server runs", async () => {
    await during(standIn(WELL), async ({ port }) => {
      const { ok, local } = await reportOn(configOf({ basePort: port, agentsDirectory: "/no/such" }));
      expect(ok).toBe(false);
      expect(local).toMatchObject({
        status: "running",
        port,
        error: "The agents directory /no/such does not exist",
      });
    });
  });

  test("does not take another server for the local one", async () => {
    await during(standIn({ service: "other" }), async ({ port }) => {
      const { ok, local } = await reportOn(configOf({ basePort: port, autoDiscoverPort: false }));
      expect(ok).toBe(false);
      expect(local).toMatchObject({
        status: "error",
        port: null,
        error: `Port ${port} is already in use and auto-discovery is disabled`,
      });
    });
  });

  test("asks nobody for a local server that is not to be", async () => {
    await during(standIn(WELL), async ({ port, asked }) => {
      const { ok, local } = await reportOn(configOf({ basePort: port, enabled: false }));
      expect({ ok, status: local.status }).toEqual({ ok: false, status: "disabled" });
      expect(asked).toEqual([]);
    });
  });

  test("ends with its signal, while the port's holder keeps silent", async () => {
    const before = handles();
    const over = new AbortController();
    const mute = serve(() => over.abort(new Error("enough")));
    await during(mute, async ({ port }) => {
      const report = startupReport(configOf({ basePort: port }), { signal: over.signal });
      await expect(report).rejects.toThrow("enough");
    });
    await handlesBackTo(before);
  });
});
