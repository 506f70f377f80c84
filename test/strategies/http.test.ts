import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import type { Observation } from "../../src/model/observation.ts";
import http from "../../strategies/http/index.ts";
import { startBadServer } from "../lab/bad-server.js";
import { makeCertificate } from "../lab/certificates.ts";
import { listening } from "../lab/listening.js";
import { during, handles, handlesBackTo, serve } from "../net/peers.ts";
import { benchOf, met, observe, observeAt, pages, web } from "./http-bench.ts";

function healthOf(observation: Observation | undefined): string | undefined {
  return observation?.checks?.[0]?.health;
}

function greeter(): ReturnType<typeof serve> {
  return serve((socket) => void socket.write("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"));
}

describe("what speaks HTTP", () => {
  test("is reported with what it is and how it fares", async () => {
    await during(pages({ "/": "hello", "/health": '{"status":"UP"}' }), async ({ port }) => {
      const before = Date.now();
      const found = await observeAt(port);
      expect(found).toMatchObject({
        strategy: "http",
        endpoint: { address: "127.0.0.1", port, transport: "tcp" },
        outcome: "open",
        latencyMs: 0.2,
        claim: { type: "http", overHttp: true },
        checks: [{ health: "healthy", path: "/health", code: 200, summary: 'status "UP"' }],
      });
      expect(found?.at).toBeGreaterThanOrEqual(before);
      expect(found?.checks?.[0]?.latencyMs).toBeGreaterThan(0);
    });
  });

  test("is unhealthy where it says so with code 200", async () => {
    await during(pages({ "/health": '{"status":"unhealthy"}' }), async ({ port }) => {
      expect(healthOf(await observeAt(port))).toBe("unhealthy");
    });
  });

  test("is asked with few requests over few connections", async () => {
    let asked = 0;
    const connections = new Set<number | undefined>();
    const server = web((request, response) => {
      asked++;
      connections.add(request.socket.remotePort);
      response.writeHead(404).end();
    });
    await during(server, async ({ port }) => {
      const claim = { type: "http", confidence: 0.5, overHttp: true as const, summary: "" };
      await observeAt(port, { identify: async () => ({ claim }) });
      expect(asked).toBeLessThanOrEqual(9);
      expect(connections.size).toBeLessThanOrEqual(4);
    });
  });

  test("is asked by the first of its names, and has all of them", async () => {
    const asked = new Set<string | undefined>();
    const server = web((request, response) => {
      if (request.url === "/health") asked.add(request.headers.host);
      response.end(request.headers.host?.startsWith("shop.") === true ? '{"status":"ok"}' : "");
    });
    await during(server, async ({ port }) => {
      const hostnames = new Map([["127.0.0.1", ["shop.test", "www.shop.test"]]]);
      const targets = { ranges: [], count: 0, hostnames, sameHost: new Map(), labels: [] };
      const found = await observeAt(port, { scope: { targets } });
      expect(found?.hostnames).toEqual(["shop.test", "www.shop.test"]);
      expect(healthOf(found)).toBe("healthy");
      expect([...asked]).toEqual([`shop.test:${port}`]);
    });
  });

  test("is asked at an IPv6 address", async () => {
    let host: string | undefined;
    const server = web((request, response) => {
      ({ host } = request.headers);
      response.end('{"status":"ok"}');
    }, "::1");
    await during(server, async ({ port }) => {
      const [found] = await observe(benchOf([met(port, "open", "::1")]));
      expect(healthOf(found)).toBe("healthy");
      expect(host).toBe(`[::1]:${port}`);
    });
  });

  test("lists models and collections without credentials", async () => {
    const chroma = {
      "/api/v2/heartbeat": '{"nanosecond heartbeat":1}',
      "/api/v2/tenants/default_tenant/databases/default_database/collections":
        '[{"id":"1","name":"documents","tenant":"default_tenant","database":"default_database"}]',
    };
    await during(pages(chroma), async ({ port }) => {
      const found = await observeAt(port);
      expect(found?.claim).toMatchObject({ type: "chromadb", metadata: { collections: ["documents"] } });
      expect(found?.checks?.[0]).toMatchObject({ health: "healthy", path: "/api/v2/heartbeat" });
    });
  });
});

describe("inside TLS", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sonde-http-"));
  let credentials: { cert: Buffer; key: Buffer };
  beforeAll(async () => {
    const { cert, key } = await makeCertificate(folder, "lab.example");
    credentials = { cert: readFileSync(cert), key: readFileSync(key) };
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("a bad certificate is a finding and no error", async () => {
    const server = createSecureServer(credentials, (_request, response) => {
      response.end('{"status":"degraded"}');
    });
    await during(listening(server), async ({ port }) => {
      const found = await observeAt(port);
      expect(found?.tls?.certificate).toMatchObject({
        subject: "lab.example",
        problem: "self-signed certificate",
      });
      expect(healthOf(found)).toBe("degraded");
    });
  });
});

describe("what does not speak HTTP", () => {
  test("is reported all the same", async () => {
    await during(greeter(), async ({ port }) => {
      expect(await observeAt(port)).toMatchObject({ outcome: "open", claim: { type: "ssh" } });
    });
  });

  test("is left to the tcp strategy where that is there", async () => {
    await during(greeter(), async ({ port }) => {
      expect(await observeAt(port, { scope: { strategies: ["tcp", "http"] } })).toBeUndefined();
    });
  });

  test.each(["closed", "filtered", "unreachable", "failed"] as const)(
    "because it is %s is reported, unless the tcp strategy does",
    async (outcome) => {
      const alone = await observe(benchOf([met(1, outcome)]));
      expect(alone).toMatchObject([{ outcome, strategy: "http" }]);
      expect(alone[0]?.reason).toBeTypeOf("string");
      const beside = benchOf([met(1, outcome)], { scope: { strategies: ["tcp", "http"] } });
      expect(await observe(beside)).toEqual([]);
    },
  );

  test("is asked nothing where nothing is to be asked", async () => {
    let asked = 0;
    await during(
      web(() => asked++),
      async ({ port }) => {
        const found = await observeAt(port, { scope: { identify: false } });
        expect(found).toMatchObject({ outcome: "open", reason: "accepted a connection" });
        expect(found?.claim ?? found?.checks).toBeUndefined();
        expect(asked).toBe(0);
      },
    );
  });
});

describe("headers of the user's", () => {
  const SECRET = "Bearer t0p-s3cret-value";
  const httpHeaders = { authorization: SECRET, "x-tenant": "tenant-4711" };

  test("go with the health checks and not with identification", async () => {
    const sent = new Set<string | undefined>();
    const server = web((request, response) => {
      sent.add(request.headers.authorization);
      response.writeHead(request.headers.authorization === SECRET ? 200 : 401);
      response.end(request.url === "/health" ? "ok" : "");
    });
    await during(server, async ({ port }) => {
      const bench = benchOf([met(port)], { scope: { httpHeaders } });
      const { claim } = await bench.context.identify(met(port));
      expect(claim?.overHttp).toBe(true);
      expect([...sent]).toEqual([undefined]);
      sent.clear();
      const [found] = await observe(bench);
      expect(found?.checks?.[0]).toMatchObject({ path: "/health", health: "healthy" });
      expect([...sent]).toEqual([SECRET]);
    });
  });

  test("go to targets, and not to what is only announced", async () => {
    const sent = new Set<string | undefined>();
    const server = web((request, response) => {
      sent.add(request.headers.authorization);
      response.end("ok");
    });
    await during(server, async ({ port }) => {
      const [found] = await observe(benchOf([met(port)], { scope: { httpHeaders }, isTarget: () => false }));
      expect(found?.checks?.[0]).toMatchObject({ health: "healthy" });
      expect([...sent]).toEqual([undefined]);
    });
  });

  test("open what is guarded: collections, and no other kind of service", async () => {
    const server = web((request, response) => {
      const listed = '{"result":{"collections":[{"name":"documents"}]},"status":"ok","time":1e-6}';
      const known: Record<string, string> = {
        "/": '{"title":"qdrant - vector search engine","version":"1.9.0"}',
        "/healthz": "healthz check passed",
      };
      const guarded = request.url === "/collections" && request.headers.authorization !== SECRET;
      const body = request.url === "/collections" ? listed : known[request.url ?? ""];
      response.writeHead(guarded ? 401 : body === undefined ? 404 : 200);
      response.end(guarded ? "Must provide an API key or an Authorization bearer token" : body);
    });
    await during(server, async ({ port }) => {
      const [without, within] = [await observeAt(port), await observeAt(port, { scope: { httpHeaders } })];
      expect(without?.claim?.metadata?.["collections"]).toBeUndefined();
      expect(within?.claim).toMatchObject({ type: "qdrant", metadata: { collections: ["documents"] } });
      expect(healthOf(within)).toBe("healthy");
    });
  });

  test("stand in nothing that comes of them, however often they are repeated", async () => {
    const server = web((request, response) => {
      const heard = [request.headers.authorization, request.headers["x-tenant"]].join(" ");
      response.writeHead(request.url === "/ready" ? 302 : 200, {
        location: `/login/${encodeURIComponent(heard)}`,
      });
      const health = { status: heard, [heard]: { status: "down" }, checks: [{ name: heard, status: "up" }] };
      response.end(request.url === "/healthz" ? `ERROR: ${heard}` : JSON.stringify(health));
    });
    await during(server, async ({ port }) => {
      const bench = benchOf([met(port)], { scope: { httpHeaders } });
      const text = JSON.stringify([await observe(bench), bench.logged]);
      expect(text).toContain("[redacted]");
      expect(text).not.toMatch(/t0p-s3cret|tenant-4711/i);
    });
  });

  test("stand in nothing that comes of them, in parts either", async () => {
    const server = web((request, response) => {
      const value = request.headers.cookie?.split("=")[1] ?? "";
      response.end(request.url === "/health" ? `bad session ${value}` : `ERROR: ${value.slice(0, 10)}`);
    });
    await during(server, async ({ port }) => {
      const bench = benchOf([met(port)], { scope: { httpHeaders: { cookie: "sid=S3cretCookieVal" } } });
      const text = JSON.stringify([await observe(bench), bench.logged]);
      expect(text).toContain("bad session [redacted]");
      expect(text).not.toContain("S3cret");
    });
  });

  test("stand in no error where they cannot be sent", async () => {
    await during(pages({ "/": "hello" }), async ({ port }) => {
      const bench = benchOf([met(port)], { scope: { httpHeaders: { "x-token": "s3cret\nvalue" } } });
      const found = await observe(bench);
      expect(found).toMatchObject([{ outcome: "open", claim: { type: "http" }, checks: [] }]);
      expect(JSON.stringify([found, bench.logged])).not.toContain("s3cret");
    });
  });
});

describe("a peer that is not to be trusted", () => {
  const claim = { type: "http", confidence: 0.5, overHttp: true as const, summary: "spoke HTTP" };
  const identify = async (): Promise<{ claim: typeof claim }> => ({ claim });

  test.each([
    ["mute", []],
    ["closer", []],
    ["rst", []],
    ["garbage", []],
    ["echo", []],
    ["flood", []],
    ["headers", []],
    ["slowhttp", []],
    ["half", ["unknown by /"]],
    ["floodhttp", ["unknown by /"]],
    ["gzipbomb", ["unknown by /"]],
    ["redirect", ["unknown by /"]],
  ] as const)("is survived: %s", async (mode, expected) => {
    const before = handles();
    await during(startBadServer(mode), async ({ port }) => {
      const found = await observeAt(port, { identify, scope: { httpTimeoutMs: 300 } });
      const [first] = found?.checks ?? [];
      expect(first === undefined ? [] : [`${first.health} by ${first.path}`]).toEqual(expected);
      expect(found?.claim).toEqual(claim);
    });
    await handlesBackTo(before);
  });

  test.each([
    ["mute", [], "unknown"],
    ["slowhttp", [], "unknown"],
    ["rst", [], "unknown"],
    ["half", ["unknown by /"], "healthy"],
    ["floodhttp", ["unknown by /"], "healthy"],
    ["gzipbomb", ["unknown by /"], "healthy"],
    ["redirect", ["unknown by /"], "healthy"],
  ] as const)("is not healthy for having been so when it was named: %s", async (mode, expected, health) => {
    const well = { ...claim, health: "healthy" as const };
    await during(startBadServer(mode), async ({ port }) => {
      const scope = { httpTimeoutMs: 300 };
      const found = await observeAt(port, { identify: async () => ({ claim: well }), scope });
      expect(found?.checks?.map((check) => `${check.health} by ${check.path}`)).toEqual(expected);
      // What it was named by is told as it was, unless nothing at all bears it out any more.
      expect(found?.claim?.health).toBe(health);
      if (health === "unknown")
        expect(found?.claim?.summary).toMatch(/no question for its health was answered$/);
    });
  });

  test("is unhealthy where a path for health hangs or hangs up, and others answer", async () => {
    const act = { hangs: () => {}, "hangs up": (response: ServerResponse) => void response.destroy() };
    for (const [how, answer] of Object.entries(act)) {
      const server = web((request, response) => {
        if (request.url === "/health") answer(response);
        else response.writeHead(request.url === "/" ? 200 : 404).end("hello");
      });
      await during(server, async ({ port }) => {
        const found = await observeAt(port, { identify, scope: { httpTimeoutMs: 300 } });
        const summary = how === "hangs" ? "no answer in 0.3 s" : "hung up without an answer";
        expect(found?.checks).toMatchObject([{ path: "/health", code: 0, health: "unhealthy", summary }]);
      });
    }
  });

  test("is named and asked though it says to go on before each answer", async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"status":"ok"}';
    const server = serve((socket) => {
      socket.on("data", () => void socket.write(`HTTP/1.1 100 Continue\r\n\r\n${answer}`));
    });
    await during(server, async ({ port }) => {
      const found = await observeAt(port);
      expect(found?.claim).toMatchObject({ type: "http", overHttp: true });
      expect(healthOf(found)).toBe("healthy");
    });
  });

  test("leads nowhere else", async () => {
    let visitors = 0;
    await during(
      web(() => visitors++),
      async (bait) => {
        const location = `http://127.0.0.1:${bait.port}/health`;
        const server = web((_request, response) => void response.writeHead(302, { location }).end());
        await during(server, async ({ port }) => void (await observeAt(port)));
        expect(visitors).toBe(0);
      },
    );
  });

  test("keeps nobody once the run is over", async () => {
    const before = handles();
    const stop = new AbortController();
    let asked = 0;
    const mute = serve((socket) => {
      socket.on("data", () => {
        if (asked++ === 0) stop.abort();
      });
    });
    await during(mute, async ({ port }) => {
      const scope = { httpTimeoutMs: 600_000, timeoutMs: 600_000 };
      const bench = benchOf([met(port)], { identify, scope, signal: stop.signal });
      expect(await observe(bench)).toMatchObject([{ claim, checks: [] }]);
      expect(bench.cutShort()).toBeGreaterThan(0);
      await vi.waitFor(() => expect(handles().length).toBeLessThanOrEqual(before.length + 1));
    });
    await handlesBackTo(before);
  });

  test("is reported though a reader of the catalog throws", async () => {
    await during(pages({ "/health": "ok" }), async ({ port }) => {
      const bench = benchOf([met(port)], { identify, scope: { httpHeaders: { "x-token": "s3cret" } } });
      const broken = {
        ...bench.context.catalog,
        get: () => {
          throw new Error("s3cret");
        },
      };
      const context = { ...bench.context, catalog: broken };
      const found = await observe({ ...bench, context });
      expect(found).toMatchObject([{ claim, checks: [] }]);
      expect(bench.cutShort()).toBe(1);
      expect(bench.logged).toContain(`127.0.0.1:${port} could not be asked for its health`);
      expect(JSON.stringify(bench.logged)).not.toContain("s3cret");
    });
  });
});

describe("the strategy", () => {
  test("looks at the ports of all that speaks HTTP", () => {
    const ports = http.ports?.(benchOf([]).context.catalog) ?? [];
    expect(ports).toEqual(expect.arrayContaining([80, 443, 2379, 8222, 9200, 11434]));
    expect(ports.filter((port) => [22, 25, 5432, 6379].includes(port))).toEqual([]);
    expect(ports).toEqual([...new Set(ports)].toSorted((a, b) => a - b));
  });

  test("tries itself on this machine, without the user's headers", async () => {
    const before = handles();
    const { scope, context } = benchOf([], { scope: { httpHeaders: { "x-token": "s3cret\n" } } });
    expect(await http.test?.(scope, context)).toEqual([
      { works: true, summary: "asked a server on 127.0.0.1 for its health, and was answered" },
    ]);
    await handlesBackTo(before);
  });

  test("says what stands in its way, and how to mend it", async () => {
    const { scope, context } = benchOf([]);
    const scanner = { ...context.scanner, dial: async () => undefined };
    const [check] = (await http.test?.(scope, { ...context, scanner })) ?? [];
    expect(check).toMatchObject({ works: false });
    expect(check?.remedy).toMatch(/127\.0\.0\.1/);
  });

  test("says that its time was over where it was", async () => {
    const { scope, context } = benchOf([], { signal: AbortSignal.abort() });
    const [check] = (await http.test?.(scope, context)) ?? [];
    expect(check).toMatchObject({ works: false, summary: expect.stringContaining("time was over") });
  });
});
