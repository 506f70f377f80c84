import type { Socket } from "node:net";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { RemoteReport } from "../../src/model/servers.ts";
import { systemNet } from "../../src/net/index.ts";
import type { ServersNet } from "../../src/servers/asked.ts";
import { type CheckServersOptions, checkServers } from "../../src/servers/check-servers.ts";
import { checkFile } from "../../src/servers/schema.ts";
import { closedPort, during, floodWith, handles, handlesBackTo, serve } from "../net/peers.ts";
import { WELL, standIn } from "./agents.ts";
import { configOf, remoteOf } from "./config.ts";

/** One server of this machine, asked. */
async function check(
  port: number,
  options: CheckServersOptions & { host?: string } = {},
): Promise<RemoteReport> {
  const { host = "127.0.0.1", ...rest } = options;
  const [report] = await checkServers(configOf({ remoteServers: [remoteOf(port, { host })] }), rest);
  if (report === undefined) throw new Error("no report");
  return report;
}

/** A name that has these addresses. */
const known =
  (...addresses: readonly string[]) =>
  (): Promise<readonly string[]> =>
    Promise.resolve(addresses);

const nobody = (): Promise<never> => Promise.reject(new Error("nobody is to be asked"));

const greets = (socket: Socket): void => void socket.write("SSH-2.0-OpenSSH_9.2\r\n");
const refuses = (socket: Socket): void =>
  void socket.on("data", () => socket.write("-ERR unknown command 'GET'\r\n"));
const leaves = (socket: Socket): void => void socket.end();
const floods = (socket: Socket): void => floodWith(socket, "garbage");
const floodsHttp = (socket: Socket): void => {
  socket.write("HTTP/1.1 200 OK\r\n\r\n");
  floodWith(socket, "x");
};

const drips = (socket: Socket): void => {
  socket.write('HTTP/1.1 200 OK\r\n\r\n{"service": "sonde-agent"');
  const timer = setInterval(() => socket.write(" "), 10);
  socket.on("close", () => clearInterval(timer));
};

const failing = (code: string) => (): Promise<never> =>
  Promise.reject(Object.assign(new Error(code), { code }));

describe("a remote server", () => {
  test("runs where a sonde agent answers", async () => {
    await during(standIn(WELL), async ({ port, asked }) => {
      expect(await check(port, { lookUp: nobody })).toEqual({
        name: `at-${port}`,
        host: "127.0.0.1",
        port,
        description: "",
        status: "running",
        summary: "sonde agent 1.2.3",
        version: "1.2.3",
        agents: WELL.agents,
        latencyMs: expect.any(Number),
      });
      expect(asked).toEqual(["GET 127.0.0.1/status"]);
    });
  });

  test.each([
    [{ ...WELL, status: "degraded" }, 200, "sonde agent 1.2.3, says that it is degraded"],
    [{ service: "sonde-agent" }, 401, "sonde agent, wants a token before it says more"],
    [{ ...WELL, agents: [{}] }, 200, "sonde agent 1.2.3, 1 of its agents could not be read"],
    [WELL, 503, "sonde agent 1.2.3"],
  ])("runs, and has more to say: %j", async (body, status, summary) => {
    await during(standIn(body, { status }), async ({ port }) => {
      expect(await check(port)).toMatchObject({ status: "running", summary });
    });
  });

  test("is registered and not running where it is refused", async () => {
    const port = await closedPort();
    expect(await check(port)).toMatchObject({
      status: "registered_not_running",
      summary: "connection refused: nothing listens there",
      latencyMs: null,
    });
  });

  test("is not asked where it is disabled", async () => {
    await during(standIn(WELL), async ({ port, asked }) => {
      const off = [remoteOf(port, { enabled: false }), remoteOf(1, { name: "b", host: "b", enabled: false })];
      const reports = await checkServers(configOf({ remoteServers: off }), { lookUp: nobody });
      expect(reports.map(({ status }) => status)).toEqual(["disabled", "disabled"]);
      expect(asked).toEqual([]);
    });
  });

  test.each([
    [{ service: "other" }, 200, 'something else answers: HTTP 200 from service "other"'],
    ["<html>", 404, 'something else answers: HTTP 404 from "stand-in/1"'],
    ["null", 200, 'something else answers: HTTP 200 from "stand-in/1"'],
  ])("is something else: %j", async (body, status, summary) => {
    await during(standIn(body, { status }), async ({ port }) => {
      expect(await check(port)).toMatchObject({ status: "error", summary, agents: [], version: null });
    });
  });

  test.each([
    ["greets", greets, 'something else answers: "SSH-2.0-OpenSSH_9.2"'],
    ["does not understand", refuses, "something else answers: \"-ERR unknown command 'GET'\""],
    ["hangs up", leaves, "something else is there: it hung up without an answer"],
    ["floods", floods, `something else answers: "${"garbage".repeat(12).slice(0, 80)}…"`],
    ["floods over HTTP", floodsHttp, "something else answers: HTTP 200, and an answer of more than 64 KiB"],
  ])("is something else that %s", async (_, talk, summary) => {
    const before = handles();
    await during(serve(talk), async ({ port }) => {
      expect(await check(port)).toMatchObject({ status: "error", summary });
    });
    await handlesBackTo(before);
  });

  test.each([
    ["says nothing", () => {}, "it took the connection, and did not answer within 0.2 s"],
    ["never ends", drips, "HTTP 200, and an answer that did not end within 0.2 s"],
  ])("is given up where it %s", async (_, talk, summary) => {
    const before = handles();
    await during(serve(talk), async ({ port }) => {
      expect(await check(port, { timeoutMs: 200 })).toMatchObject({
        status: "error",
        summary,
        latencyMs: null,
      });
    });
    await handlesBackTo(before);
  });

  test("is asked at all addresses of its name, so that one that answers is heard", async () => {
    await during(standIn(WELL), async ({ port, asked }) => {
      expect(
        await check(port, { host: "Gpu.example", lookUp: known("127.0.0.2", "127.0.0.1", "0.0.0.0") }),
      ).toMatchObject({ status: "running" });
      expect(asked).toEqual(["GET gpu.example/status"]);
    });
  });

  test("is not said to be absent where one of its addresses keeps silent", async () => {
    await during(
      serve(() => {}),
      async ({ port }) => {
        const lookUp = known("127.0.0.2", "127.0.0.1");
        expect(await check(port, { host: "gpu.example", lookUp, timeoutMs: 200 })).toMatchObject({
          status: "error",
          summary: `it took the connection, and did not answer within 0.2 s (127.0.0.1:${port})`,
        });
      },
    );
  });

  test.each([
    [failing("ENOTFOUND"), "name not found"],
    [failing("EAI_AGAIN"), "no answer from the name server"],
    [failing("EMFILE"), "look-up failed: EMFILE"],
    [() => Promise.resolve([]), "name not found"],
    [() => Promise.resolve(["0.0.0.0"]), "its address is 0.0.0.0, no host"],
    [() => Promise.resolve(["0::"]), "its address is 0::, no host"],
    [() => new Promise<never>(() => {}), "its name was not looked up within 0.1 s"],
  ])("is an error where its name leads nowhere", async (lookUp, summary) => {
    const report = await check(1, { host: "gpu.example", lookUp, timeoutMs: 100 });
    expect(report).toMatchObject({ status: "error", summary });
  });

  test.each([
    ["unreachable", "no way there: the host is down, or there is no route to it"],
    ["filtered", "no answer within 2.0 s"],
    ["exhausted", "this machine has no socket left to ask it with"],
    ["self", "connection refused: nothing listens there"],
  ] as const)("whose connect ends as %s", async (outcome, summary) => {
    const net: ServersNet = {
      http: async (...given) => systemNet.http(...given),
      dial: () => Promise.resolve(outcome),
    };
    expect(await check(1, { net })).toMatchObject({
      summary,
      status: outcome === "self" ? "registered_not_running" : "error",
    });
  });
});

describe("remote servers", () => {
  test("are told in the order of the file, each host looked up once", async () => {
    await during(standIn(WELL), async ({ port }) => {
      const looked: string[] = [];
      const lookUp = (name: string): Promise<string[]> => {
        looked.push(name);
        return Promise.resolve(["127.0.0.1"]);
      };
      const dead = await closedPort();
      const remoteServers = Array.from({ length: 100 }, (_, at) =>
        remoteOf(at % 2 === 0 ? port : dead, {
          name: `s${at}`,
          host: at % 3 === 0 ? "A.example" : "a.example",
        }),
      );
      const reports = await checkServers(configOf({ remoteServers }), { lookUp });
      expect(reports.map(({ name }) => name)).toEqual(remoteServers.map(({ name }) => name));
      expect(reports.map(({ status }) => status)).toEqual(
        remoteServers.map((one) => (one.port === port ? "running" : "registered_not_running")),
      );
      expect(looked).toEqual(["a.example"]);
    });
  });

  test("are asked by any name that a file may have, and by one that none may", async () => {
    const hosts = fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
      fc
        .array(fc.constantFrom("a", "1", ".", "-", "_", "xn--", "ü", ":"), { maxLength: 8 })
        .map((all) => all.join("")),
    );
    const net: ServersNet = {
      http: async (...given) => systemNet.http(...given),
      dial: () => Promise.resolve("closed"),
    };
    await fc.assert(
      fc.asyncProperty(hosts, async (host) => {
        const members = { remote_servers: [{ name: "a", host, port: 1 }] };
        const isTaken = !Array.isArray(checkFile(members)) && !/^[0.:]+$/.test(host);
        const report = await check(1, { host, net, lookUp: known("127.0.0.1") });
        if (isTaken) expect(report.status).toBe("registered_not_running");
      }),
    );
  });

  test("are asked side by side, and not too many at once", async () => {
    let [open, most] = [0, 0];
    const mute = serve((socket) => {
      most = Math.max(most, ++open);
      socket.on("close", () => open--);
    });
    await during(mute, async ({ port }) => {
      const remoteServers = Array.from({ length: 50 }, (_, at) => remoteOf(port, { name: `s${at}` }));
      const reports = await checkServers(configOf({ remoteServers }), { timeoutMs: 300 });
      expect(reports.every(({ status }) => status === "error")).toBe(true);
      expect(most).toBeGreaterThan(1);
      expect(most).toBeLessThanOrEqual(32);
    });
  });

  test("are let go of when the signal fires", async () => {
    const before = handles();
    const over = new AbortController();
    const mute = serve(() => over.abort(new Error("enough")));
    await during(mute, async ({ port }) => {
      const asking = checkServers(configOf({ remoteServers: [remoteOf(port)] }), { signal: over.signal });
      await expect(asking).rejects.toThrow("enough");
    });
    await handlesBackTo(before);
  });
});
