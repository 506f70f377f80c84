import { createServer } from "node:net";

import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import type { HttpExample } from "../../src/model/catalog.ts";
import tcp from "../../strategies/tcp/index.ts";
import { listening } from "../lab/listening.js";
import type { Listening } from "../lab/listening.js";
import { isHttpExample, startHttpStandIn } from "../lab/stand-in.ts";
import { benchOf, portsOfLoopback, scopeOf } from "./bench.ts";

function redis(): Promise<Listening> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => socket.write("-NOAUTH Authentication required.\r\n"));
  });
  return listening(server);
}

/** What the strategy says of these ports of 127.0.0.1, were that another host. */
async function typesOf(ports: readonly number[], perHost: number) {
  const { observed, tally } = await benchOf({ sockets: 1_000, perHost, isOwn: () => false });
  const scope = scopeOf({ extra: portsOfLoopback(ports), timeoutMs: 300, httpTimeoutMs: 600 });
  const types = new Map<number, string>();
  for (const { endpoint, claim } of await observed(tcp, scope))
    types.set(endpoint.port, claim?.type ?? "unknown");
  return { types, complete: tally.coverage.complete };
}

describe("a host that may be asked little at once", () => {
  test.each([1, 4])("is named whole all the same (--per-host=%i)", async (perHost) => {
    const grafana = (await loadCatalog()).get("grafana")?.examples.filter(isHttpExample) ?? [];
    const pages: HttpExample[] = grafana.slice(0, 1);
    const named = await Promise.all(Array.from({ length: 10 }, redis));
    const web = await Promise.all(Array.from({ length: 3 }, () => startHttpStandIn(pages)));
    const { types, complete } = await typesOf(
      [...named, ...web].map(({ port }) => port),
      perHost,
    );
    await Promise.all([...named, ...web].map((server) => server.close()));
    expect(named.map(({ port }) => types.get(port))).toEqual(named.map(() => "redis"));
    expect(web.map(({ port }) => types.get(port))).toEqual(web.map(() => "grafana"));
    expect(complete).toBe(true);
  });
});
