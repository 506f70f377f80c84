import { createServer } from "node:http";
import type { Socket } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";

import { describe, expect, test, vi } from "vitest";

import type { NoReply, TimedReply } from "../../src/model/net.ts";
import { openHttpSession } from "../../src/net/http.ts";
import { startBadServer } from "../lab/bad-server.js";
import { listening } from "../lab/listening.js";
import type { Listening } from "../lab/listening.js";
import {
  NEVER,
  at,
  closedPort,
  countedDial,
  during,
  floodWith,
  handles,
  handlesBackTo,
  serve,
  until,
} from "./peers.ts";

interface Asked {
  readonly paths?: readonly string[];
  readonly address?: string;
  readonly hostname?: string;
  readonly headers?: Record<string, string>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** GETs the paths at once, and looks that nothing is left of it. */
async function ask(
  port: number,
  asked: Asked = {},
): Promise<{ replies: (TimedReply | undefined)[]; opened: number }> {
  const { outcomes, opened } = await askWhy(port, asked);
  return { replies: outcomes.map((one) => ("failure" in one ? undefined : one)), opened };
}

/** The same with what stood in the way. */
async function askWhy(
  port: number,
  { paths = ["/"], address, hostname, headers = {}, timeoutMs = 600_000, signal = NEVER }: Asked = {},
): Promise<{ outcomes: (TimedReply | NoReply)[]; opened: number }> {
  const { dial, opened, closed } = countedDial();
  const name = hostname === undefined ? {} : { hostname };
  const to = { endpoint: at(port, address), tls: false, ...name, headers };
  const options = { ...to, timeoutMs, signal, connections: 4 };
  const session = await openHttpSession(options, dial);
  const outcomes = await Promise.all(paths.map((path) => session.ask(path)));
  await session.close();
  await until(() => closed() === opened());
  return { outcomes, opened: opened() };
}

async function askBad(
  mode: Parameters<typeof startBadServer>[0],
  asked?: Asked,
): Promise<TimedReply | undefined> {
  const before = handles();
  const { replies } = await during(startBadServer(mode), ({ port }) => ask(port, asked));
  await handlesBackTo(before);
  return replies[0];
}

function pages(
  answer: (path: string) => {
    status?: number;
    headers?: Record<string, string | string[]>;
    body?: string | Buffer;
  },
  host?: string,
): Promise<Listening> {
  const server = createServer((request, response) => {
    const { status = 200, headers = {}, body = "" } = answer(request.url ?? "");
    response.writeHead(status, headers);
    response.end(body);
  });
  return listening(server, host === undefined ? {} : { host });
}

describe("an HTTP session", () => {
  test("gives status, headers and body, and JSON parsed", async () => {
    const server = pages(() => ({
      status: 418,
      headers: { "X-Pot": ["short", "stout"], "content-type": "application/json" },
      body: '{"version":"1.2"}',
    }));
    await during(server, async ({ port }) => {
      const [reply] = (await ask(port)).replies;
      expect(reply).toMatchObject({ status: 418, body: '{"version":"1.2"}', json: { version: "1.2" } });
      expect(reply?.headers["x-pot"]).toBe("short, stout");
    });
  });

  test("has no JSON where the body is none", async () => {
    await during(
      pages((path) => ({ body: path === "/html" ? "<html>" : "{broken" })),
      async ({ port }) => {
        const { replies } = await ask(port, { paths: ["/html", "/broken"] });
        expect(replies.map((reply) => [reply?.body, reply?.json])).toEqual([
          ["<html>", undefined],
          ["{broken", undefined],
        ]);
      },
    );
  });

  test("asks many questions over few connections", async () => {
    const paths = Array.from({ length: 40 }, (_, number) => `/${number}`);
    await during(
      pages((path) => ({ body: path })),
      async ({ port }) => {
        const { replies, opened } = await ask(port, { paths });
        expect(replies.map((reply) => reply?.body)).toEqual(paths);
        expect(opened).toBeLessThanOrEqual(4);
      },
    );
  });

  test("reaches an IPv6 address, in brackets", async () => {
    let heard = "";
    const server = serve(
      (socket) =>
        socket.once("data", (text) => {
          heard = text.toString();
          socket.end("HTTP/1.1 204 No Content\r\n\r\n");
        }),
      { host: "::1" },
    );
    await during(server, async ({ port }) => {
      const { replies } = await ask(port, { address: "::1" });
      expect(replies[0]?.status).toBe(204);
      expect(heard).toContain(`host: [::1]:${port}\r\n`);
    });
  });

  test("asks by name where one is known", async () => {
    let heard = "";
    const server = createServer((request, response) => {
      heard = request.headers.host ?? "";
      response.end();
    });
    await during(listening(server), async ({ port }) => {
      await ask(port, { hostname: "db.example" });
      expect(heard).toBe(`db.example:${port}`);
    });
  });

  test("sends headers of the caller's with every question, over its own", async () => {
    const heard: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      heard.push(request.headers.authorization, request.headers["user-agent"]);
      response.end();
    });
    await during(listening(server), async ({ port }) => {
      const headers = { authorization: "Bearer x", "user-agent": "mine" };
      await ask(port, { paths: ["/a", "/b"], headers });
      expect(heard).toEqual(["Bearer x", "mine", "Bearer x", "mine"]);
    });
  });

  test.each([
    ["a value that breaks the line", { "x-a": "1\r\nx-b: 2" }],
    ["a name that is none", { "x a": "1" }],
    ["what frames the question", { "transfer-encoding": "chunked" }],
  ])("asks nothing, and waits for nothing, with %s", async (_, headers) => {
    let visitors = 0;
    await during(
      serve(() => visitors++),
      async ({ port }) => {
        const paths = Array.from({ length: 9 }, (_unused, number) => `/${number}`);
        expect((await ask(port, { paths, headers })).replies).toEqual(paths.map(() => undefined));
        expect(visitors).toBe(0);
      },
    );
  });

  test("measures each answer from its own question, not from the first's", async () => {
    let now = 0;
    const server = createServer((_request, response) => {
      // One connection takes one question after the other: the clock tells how long each of them took.
      now += 1_000;
      response.end();
    });
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    try {
      await during(listening(server), async ({ port }) => {
        const { dial } = countedDial();
        const options = { endpoint: at(port), tls: false, timeoutMs: 600_000, signal: NEVER, connections: 1 };
        const session = await openHttpSession(options, dial);
        const replies = await Promise.all(["/a", "/b", "/c"].map((path) => session.get(path)));
        await session.close();
        expect(replies.map((reply) => reply?.latencyMs)).toEqual([1_000, 1_000, 1_000]);
      });
    } finally {
      clock.mockRestore();
    }
  });

  test("reads 64 KiB of a body and no more", async () => {
    const before = handles();
    const server = serve((socket) =>
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        floodWith(socket, "x");
      }),
    );
    const { replies } = await during(server, ({ port }) => ask(port));
    expect(replies[0]?.body).toHaveLength(64 * 1024);
    expect(replies[0]?.cut).toBe("size");
    await handlesBackTo(before);
  });

  test.each([
    ["gzip", gzipSync('{"a":1}')],
    ["x-gzip", gzipSync('{"a":1}')],
    ["GZIP", gzipSync('{"a":1}')],
    ["identity", Buffer.from('{"a":1}')],
    ["gzip, br", brotliCompressSync(gzipSync('{"a":1}'))],
    [" br ,, identity ", brotliCompressSync('{"a":1}')],
  ])("unpacks %j", async (encoding, body) => {
    await during(
      pages(() => ({ headers: { "content-encoding": encoding }, body })),
      async ({ port }) => {
        const [reply] = (await ask(port)).replies;
        expect(reply?.json).toEqual({ a: 1 });
        expect(reply?.packed ?? reply?.cut).toBeUndefined();
      },
    );
  });

  test.each([
    ["zstd", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3])],
    ["gzip", Buffer.from('{"a":1}')],
    ["gzip, gzip, gzip, gzip", gzipSync(gzipSync(gzipSync(gzipSync("ok"))))],
  ])("says that it could not unpack %j", async (encoding, body) => {
    await during(
      pages(() => ({ headers: { "content-encoding": encoding }, body })),
      async ({ port }) => {
        expect((await ask(port)).replies[0]).toMatchObject({ body: "", json: undefined, packed: true });
      },
    );
  });

  test("takes half of a packed body for a half", async () => {
    const half = gzipSync(`{"status":"ok"}${" ".repeat(9)}${Math.E}`).subarray(0, -12);
    await during(
      pages(() => ({ headers: { "content-encoding": "gzip" }, body: half })),
      async ({ port }) => {
        expect((await ask(port)).replies[0]?.cut).toBe("closed");
      },
    );
  });

  test("takes a byte order mark for no part of the text", async () => {
    await during(
      pages(() => ({ body: '\ufeff{"a":1}' })),
      async ({ port }) => {
        expect((await ask(port)).replies[0]).toMatchObject({ body: '{"a":1}', json: { a: 1 } });
      },
    );
  });

  test("is not blown up by a bomb", async () => {
    const bomb = await askBad("gzipbomb");
    expect(bomb).toMatchObject({ status: 200, json: undefined, cut: "size" });
    expect(bomb?.body.length).toBeLessThanOrEqual(64 * 1024);
  });

  test("gives up on headers without end", async () => {
    expect(await askBad("headers")).toBeUndefined();
  });

  test("follows no redirect", async () => {
    let visitors = 0;
    await during(
      serve(() => visitors++),
      async (bait) => {
        const location = `http://127.0.0.1:${bait.port}/latest/`;
        await during(
          pages(() => ({ status: 302, headers: { location } })),
          async ({ port }) => {
            const [reply] = (await ask(port)).replies;
            expect(reply).toMatchObject({ status: 302, headers: { location } });
          },
        );
      },
    );
    expect(visitors).toBe(0);
  });

  test("keeps the half of a body that came", async () => {
    expect(await askBad("half")).toMatchObject({ status: 200, body: "abc", cut: "closed" });
  });

  test("keeps what came of a body until time was up", async () => {
    const server = serve((socket) =>
      socket.once("data", () => void socket.write('HTTP/1.1 200 OK\r\n\r\n{"status":"unhe')),
    );
    await during(server, async ({ port }) => {
      const [reply] = (await ask(port, { timeoutMs: 200 })).replies;
      expect(reply).toMatchObject({ status: 200, body: '{"status":"unhe', cut: "timeout" });
    });
  });

  test("takes a body of exactly 64 KiB for the whole", async () => {
    await during(
      pages(() => ({ body: "x".repeat(64 * 1024) })),
      async ({ port }) => {
        const [reply] = (await ask(port)).replies;
        expect([reply?.body.length, reply?.cut]).toEqual([64 * 1024, undefined]);
      },
    );
  });

  test.each([
    ["headers", "garbled"],
    ["mute", "timeout"],
    ["slowhttp", "timeout"],
  ] as const)("tells why there is no answer of one that is %s", async (mode, failure) => {
    await during(startBadServer(mode), async ({ port }) => {
      const { outcomes } = await askWhy(port, { timeoutMs: 300 });
      expect(outcomes).toMatchObject([{ failure }]);
    });
  });

  test.each<[string, (socket: Socket) => void, NoReply["failure"]]>([
    ["hangs up", (socket) => void socket.end(), "closed"],
    ["resets", (socket) => void socket.resetAndDestroy(), "closed"],
    ["answers with no HTTP", (socket) => void socket.write("\0\x01\x02no HTTP\r\n"), "garbled"],
  ])("tells that a peer %s when it is asked", async (_, act, failure) => {
    await during(
      serve((socket) => socket.once("data", () => act(socket))),
      async ({ port }) => {
        expect((await askWhy(port)).outcomes).toMatchObject([{ failure }]);
      },
    );
  });

  test("tells what was never asked", async () => {
    const nobody = await askWhy(await closedPort());
    expect(nobody.outcomes).toEqual([{ failure: "unsent", latencyMs: 0 }]);
    await during(startBadServer("mute"), async ({ port }) => {
      const over = await askWhy(port, { signal: AbortSignal.abort() });
      expect(over.outcomes).toEqual([{ failure: "cancelled", latencyMs: 0 }]);
      const crowd = await askWhy(port, { timeoutMs: 300, paths: ["/1", "/2", "/3", "/4", "/5"] });
      expect(crowd.outcomes.filter((one) => "failure" in one && one.failure === "unsent")).toHaveLength(1);
    });
  });

  test.each([
    ["in one piece", (text: string) => [text]],
    ["letter by letter", (text: string) => text.split("")],
  ])("bears that it is told to go on, %s", async (_, split) => {
    const interim =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100\r\nX-A: b\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n";
    const server = serve((socket) => {
      socket.setNoDelay(true);
      // The last piece may be the beginning of another one.
      const answer = `${interim}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nHTTP`;
      socket.on("data", () => split(answer).forEach((piece) => setImmediate(() => socket.write(piece))));
    });
    await during(server, async ({ port }) => {
      const { replies } = await ask(port, { paths: ["/1", "/2", "/3", "/4", "/5", "/6"] });
      expect(replies.map((reply) => reply?.body)).toEqual(Array(6).fill("HTTP"));
    });
  });

  test("has no answer where that is all that comes", async () => {
    const server = serve((socket) =>
      socket.once("data", () => void socket.end("HTTP/1.1 100 Continue\r\n\r\n")),
    );
    await during(server, async ({ port }) => {
      expect((await askWhy(port)).outcomes).toMatchObject([{ failure: "closed" }]);
    });
  });

  test.each(["garbage", "closer", "rst", "echo", "flood"] as const)(
    "has no answer from a peer that is %s",
    async (mode) => {
      expect(await askBad(mode)).toBeUndefined();
    },
  );

  test("waits no longer than told, and not at all once it is over", async () => {
    expect(await askBad("mute", { timeoutMs: 20 })).toBeUndefined();
    expect(await askBad("mute", { signal: AbortSignal.abort() })).toBeUndefined();
  });

  test("has no answer from one that drips its headers until time is up", async () => {
    expect(await askBad("slowhttp", { timeoutMs: 200 })).toBeUndefined();
  });

  test("ends a question under way when the run ends", async () => {
    const stop = new AbortController();
    await during(
      serve((socket) => socket.once("data", () => stop.abort())),
      async ({ port }) => {
        expect((await ask(port, { signal: stop.signal })).replies).toEqual([undefined]);
      },
    );
  });

  test("has no answer where nothing listens", async () => {
    expect((await ask(await closedPort())).replies).toEqual([undefined]);
  });
});
