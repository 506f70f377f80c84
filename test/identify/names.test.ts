import { describe, expect, test } from "vitest";

import { createIdentifier } from "../../src/identify/identifier.ts";
import { Names } from "../../src/identify/names.ts";
import type { HttpExample } from "../../src/model/catalog.ts";
import { startHttpStandIn } from "../lab/stand-in.ts";
import { benchOf, portsOfLoopback, scopeOf } from "../strategies/bench.ts";

const PAGE: HttpExample = { name: "page", path: "/", body: "hello", expect: {} };

describe("names of earlier rounds", () => {
  test("are taken for HTTP, so that a web server is not asked everything again", async () => {
    const server = await startHttpStandIn([PAGE]);
    const scope = scopeOf({ timeoutMs: 1_000, httpTimeoutMs: 1_000 });
    const names = new Names();
    const [endpoint] = portsOfLoopback([server.port]);
    if (endpoint === undefined) throw new Error("there is no endpoint");
    const open = { endpoint, outcome: "open" as const, latencyMs: 1 };
    const identify = async () => createIdentifier(scope, (await benchOf()).contextFor(scope), names)(open);
    const first = await identify();
    expect(first.claim?.overHttp).toBe(true);
    await server.close();
    // Nobody is there to be asked any more.
    expect(await identify()).toEqual(first);
    names.forget(`127.0.0.1:${server.port}`);
    expect((await identify()).claim).toBeUndefined();
  });

  test("are not kept for other kinds: one question tells", () => {
    const names = new Names();
    names.keep("127.0.0.1:6379", { claim: { type: "redis", confidence: 0.95, summary: "answered PONG" } });
    names.keep("127.0.0.1:9999", { reason: "unknown" });
    expect(names.recall("127.0.0.1:6379")).toBeUndefined();
    expect(names.recall("127.0.0.1:9999")).toBeUndefined();
  });
});
