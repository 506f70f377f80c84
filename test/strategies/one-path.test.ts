import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createSecureServer } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Observation } from "../../src/model/observation.ts";
import { type AskedUrl, askingOnly } from "../../strategies/http/one-path.ts";
import { makeCertificate } from "../lab/certificates.ts";
import { listening } from "../lab/listening.js";
import type { Listening } from "../lab/listening.js";
import { during, handles, handlesBackTo, serve } from "../net/peers.ts";
import { type BenchOptions, benchOf, met, pages, web } from "./http-bench.ts";

/** All that is said of a port, in turn. */
async function observed(port: number, url: Partial<AskedUrl>, options: BenchOptions = {}) {
  const strategy = askingOnly({ tls: false, path: "/up", ...url });
  const { scope, context } = benchOf([met(port)], options);
  return strategy.observe(scope, context);
}

/** What is said first. */
async function ask(port: number, url: Partial<AskedUrl>, options: BenchOptions = {}): Promise<Observation> {
  for await (const one of await observed(port, url, options)) return one;
  throw new Error("nothing was observed");
}

async function askAll(
  port: number,
  url: Partial<AskedUrl>,
  options: BenchOptions = {},
): Promise<Observation[]> {
  const all: Observation[] = [];
  for await (const one of await observed(port, url, options)) all.push(one);
  return all;
}

function hangs(): Promise<never> {
  return new Promise(() => {});
}

/** A server that counts what it is asked for. */
async function counted(status: number, headers: Record<string, string> = {}) {
  const asked: (string | undefined)[] = [];
  const server = await web((request, response) => {
    asked.push(request.url);
    response.writeHead(status, headers).end();
  });
  return { ...server, asked };
}

describe("the answer to a GET of one path", () => {
  test.each<[string, string | readonly [number, string], string, string]>([
    ["a word", "ok", "healthy", '"ok"'],
    ["a status", '{"status":"UP"}', "healthy", 'status "UP"'],
    ["a page", "<html><p>hello</p></html>", "healthy", "a page"],
    ["words about something else", "hello there", "healthy", '"hello there"'],
    ["nothing, well", [204, ""], "healthy", "no body"],
    ["a bad word with code 200", '{"status":"down"}', "unhealthy", 'status "down"'],
    ["half well", '{"status":"degraded"}', "degraded", 'status "degraded"'],
    ["failing", [503, '{"status":"down"}'], "unhealthy", 'status "down"'],
    ["failing without a word", [500, ""], "unhealthy", "no body"],
    ["protected", [403, ""], "protected", "wants credentials"],
    ["not there", [404, "ok"], "unhealthy", "no such path"],
    ["a mistake of ours", [400, "ok"], "unhealthy", "neither well nor failing"],
    ["too many questions", [429, ""], "unhealthy", "asks for fewer questions"],
  ])("is %s", async (_what, page, health, summary) => {
    await during(pages({ "/up": page }), async ({ port }) => {
      const code = typeof page === "string" ? 200 : page[0];
      const { checks } = await ask(port, {});
      expect(checks).toMatchObject([{ health, summary, path: "/up", code }]);
    });
  });

  test("costs one request while it is not well", async () => {
    await during(counted(503), async ({ port, asked }) => {
      const all = await askAll(port, { path: "/up?key=secret" });
      expect({ all, asked }).toMatchObject({ all: [{ checks: [{}] }], asked: ["/up?key=secret"] });
      expect(all).toHaveLength(1);
    });
  });

  test("is followed by what it is once it is well, and never by its query", async () => {
    await during(counted(200), async ({ port, asked }) => {
      const found = await askAll(port, { path: "/up?key=secret" });
      expect(found).toMatchObject([
        { strategy: "http", checks: [{ path: "/up" }] },
        { strategy: "http", claim: { type: "http" } },
      ]);
      expect(JSON.stringify(found)).not.toContain("secret");
      expect(asked.length).toBeGreaterThan(1);
    });
  });

  test("is told before anybody knows what it is: other paths may hang", async () => {
    await during(pages({ "/up": "ok" }), async ({ port }) => {
      expect((await ask(port, {}, { identify: hangs })).checks).toMatchObject([{ health: "healthy" }]);
    });
  });

  test("counts, whatever the front page says", async () => {
    await during(pages({ "/up": [204, ""], "/": [503, "down"] }), async ({ port }) => {
      const [, named] = await askAll(port, {});
      expect(named).toMatchObject({ claim: { type: "http" } });
      expect(named?.claim).not.toHaveProperty("health");
    });
  });

  test.each([
    ["stops", 100, '{"status":"unhe', "its body stopped half-way"],
    ["is JSON and too long", 70_000, `{"status":"UP","x":"${"x".repeat(70_000)}`, "only the first 64 KiB"],
  ])("is not well where it %s", async (_what, length, body, summary) => {
    const server = web((_request, response) => {
      response.writeHead(200, { "content-length": length + body.length });
      response.write(body);
      if (length === 100) setImmediate(() => response.destroy());
    });
    await during(server, async ({ port }) => {
      const [check] = (await ask(port, {})).checks ?? [];
      expect(check).toMatchObject({ health: "unhealthy", summary: expect.stringContaining(summary) });
    });
  });

  test("may be a long page", async () => {
    await during(pages({ "/up": `<html>${"<p>word</p>".repeat(10_000)}` }), async ({ port }) => {
      expect((await ask(port, {})).checks).toMatchObject([{ health: "healthy", summary: "a page" }]);
    });
  });

  test("comes from the host that the URL names, with the user's headers", async () => {
    const asked: unknown[] = [];
    const server = web(({ headers }, response) => {
      asked.push([headers.host, headers["x-key"]]);
      response.writeHead(503).end("it was k123456");
    });
    await during(server, async ({ port }) => {
      const scope = { httpHeaders: { "x-key": "k123456" } };
      const { checks } = await ask(port, { hostname: "shop.test" }, { scope });
      expect(asked).toEqual([[`shop.test:${port}`, "k123456"]]);
      expect(checks?.[0]?.summary).toBe('"it was [redacted]"');
    });
  });

  test("may be none at all", async () => {
    const silent: Promise<Listening> = serve((socket) => void socket.end("SSH-2.0-x\r\n"));
    await during(silent, async ({ port }) => {
      const found = await ask(port, {});
      expect(found).toMatchObject({ outcome: "open", reason: "gave no answer over HTTP to GET /up" });
      expect(found).not.toHaveProperty("checks");
    });
  });
});

describe("a redirect", () => {
  test("on the same server is followed to its end", async () => {
    const server = web((request, response) => {
      if (request.url === "/up") response.writeHead(302, { location: "/ui/" }).end();
      else if (request.url === "/ui/") response.end('{"status":"UP"}');
      else response.writeHead(404).end();
    });
    await during(server, async ({ port }) => {
      expect((await ask(port, {})).checks).toMatchObject([{ health: "healthy", path: "/up", code: 200 }]);
    });
  });

  test.each([
    ["to log in", "/login?next=/up", "protected", "redirects to /login, to log in"],
    [
      "to another server",
      "http://127.0.0.2:1/up?token=x",
      "unhealthy",
      "redirects to http://127.0.0.2:1/up, another server",
    ],
    ["in a circle", "/up", "unhealthy", "redirects on and on"],
  ])("%s is not", async (_what, location, health, summary) => {
    await during(counted(302, { location }), async ({ port, asked }) => {
      const { checks } = await ask(port, {}, { identify: () => Promise.resolve({}) });
      expect(checks).toMatchObject([{ health, summary, code: 302 }]);
      expect(new Set(asked)).toEqual(new Set(["/up"]));
      expect(asked.length).toBeLessThanOrEqual(6);
    });
  });
});

describe("inside TLS", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sonde-one-path-"));
  let credentials: { cert: Buffer; key: Buffer };
  beforeAll(async () => {
    const { cert, key } = await makeCertificate(folder, "lab.example");
    credentials = { cert: readFileSync(cert), key: readFileSync(key) };
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("a bad certificate is reported with the answer", async () => {
    const server = createSecureServer(credentials, (_request, response) => void response.end("ok"));
    await during(listening(server), async ({ port }) => {
      const found = await ask(port, { tls: true });
      expect(found).toMatchObject({
        checks: [{ health: "healthy" }],
        tls: { certificate: { problem: expect.any(String) } },
      });
    });
  });

  test("a server without TLS gives no answer", async () => {
    await during(pages({ "/up": "ok" }), async ({ port }) => {
      expect((await ask(port, { tls: true })).reason).toBe("gave no answer over HTTPS to GET /up");
    });
  });
});

test("a run that ends leaves nothing open", async () => {
  const mute = serve(() => {});
  await during(mute, async ({ port }) => {
    const before = handles();
    const stop = new AbortController();
    const asking = ask(port, {}, { signal: stop.signal });
    stop.abort();
    expect(await asking).toMatchObject({ reason: "gave no answer over HTTP to GET /up" });
    await handlesBackTo(before);
  });
});
