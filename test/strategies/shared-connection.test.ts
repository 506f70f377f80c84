import { createServer } from "node:http";
import type { Socket } from "node:net";

import { describe, expect, test } from "vitest";

import { discover } from "../../src/discover.ts";
import type { Service } from "../../src/model/inventory.ts";
import type { DiscoverOptions } from "../../src/model/options.ts";
import { listening } from "../lab/listening.js";

/** Another host, as far as the budget is concerned. */
const HOST = "127.0.77.1";

/** What was asked on each connection on which anything was, and how many there were. */
interface Visits {
  readonly connections: number;
  readonly asked: readonly (readonly string[])[];
}

interface Looked extends Visits {
  readonly services: readonly Service[];
}

/** Runs against web servers that tell their health, and counts. `close` lets each answer end its connection. */
async function look(
  options: DiscoverOptions,
  { servers = 1, closes = false }: { readonly servers?: number; readonly closes?: boolean } = {},
): Promise<Looked> {
  let connections = 0;
  const asked = new Map<Socket, string[]>();
  const start = () => {
    const server = createServer((request, response) => {
      const { socket, url = "", headers } = request;
      const line = `${url}${headers["x-token"] === undefined ? "" : " with a token"}`;
      asked.set(socket, [...(asked.get(socket) ?? []), line]);
      if (closes) response.setHeader("connection", "close");
      response.statusCode = url === "/" || url === "/health" ? 200 : 404;
      response.end(url === "/health" ? '{"status":"UP"}' : "<html><title>mine</title></html>");
    });
    server.on("connection", () => connections++);
    return listening(server, { host: HOST });
  };
  const started = await Promise.all(Array.from({ length: servers }, start));
  const ports = started.map(({ port }) => port);
  try {
    const inventory = await discover({ targets: [HOST], ports, timeoutMs: 500, ...options }).inventory();
    return { services: inventory.services, connections, asked: [...asked.values()] };
  } finally {
    await Promise.all(started.map(({ close }) => close()));
  }
}

describe("what is named over HTTP and asked for its health", () => {
  test("is so on one connection", async () => {
    const { services, asked } = await look({});
    expect(services).toMatchObject([{ type: "http", status: "healthy" }]);
    const naming = asked.filter((paths) => paths.length > 1);
    expect(naming).toHaveLength(1);
    expect(naming[0]).toEqual(expect.arrayContaining(["/", "/health", "/ready"]));
  });

  test("is asked no path twice", async () => {
    const { asked } = await look({});
    const [paths = []] = asked.filter((one) => one.length > 1);
    expect(new Set(paths).size).toBe(paths.length);
  });

  test("is asked with the user's headers on connections of their own, and named without", async () => {
    const { services, asked } = await look({ httpHeaders: { "X-Token": "s3cret" } });
    expect(services).toMatchObject([{ status: "healthy" }]);
    for (const lines of asked) expect(new Set(lines.map((line) => line.endsWith("token"))).size).toBe(1);
    const secret = asked.filter(([line]) => line?.endsWith("with a token"));
    expect(secret.flat()).toContain("/health with a token");
    const open = asked.filter(([line]) => line?.endsWith("with a token") === false);
    expect(open.flat()).toContain("/");
  });

  test.each([
    ["keeps its connections", false],
    ["closes them after each answer", true],
  ])("is whole where a host may be asked little at once, and %s", async (_, closes) => {
    for (const perHost of [1, 2]) {
      const { services } = await look({ perHost }, { servers: 4, closes });
      expect(services.map(({ type, status }) => `${type} ${status}`)).toEqual(Array(4).fill("http healthy"));
    }
  });

  test.each([["tcp"], ["http"]])("is named by the %s strategy alone, too", async (strategy) => {
    const { services } = await look({ strategies: [strategy] });
    expect(services).toMatchObject([{ type: "http" }]);
  });
});
