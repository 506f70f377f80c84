import { createServer } from "node:http";
import type { Socket } from "node:net";

import { describe, expect, test } from "vitest";

import type { FirstConnection, HttpSession, TimedReply } from "../../src/model/net.ts";
import { openHttpSession } from "../../src/net/http.ts";
import { type Listening, listening } from "../lab/listening.js";
import { NEVER, at, countedDial, during, handles, handlesBackTo, open, serve, until } from "./peers.ts";

const QUESTION = Buffer.from("GET / HTTP/1.1\r\nHost:first\r\n\r\n");
const LONG = 10_000;

interface Begun {
  readonly session: HttpSession;
  /** Connections besides the first one. */
  readonly others: () => number;
}

async function beginOn(port: number, first: FirstConnection, timeoutMs = LONG): Promise<Begun> {
  const { dial, opened } = countedDial();
  const options = { endpoint: at(port), tls: false, timeoutMs, signal: NEVER, connections: 4, first };
  return { session: await openHttpSession(options, dial), others: opened };
}

/** A connection on which `GET /` was put, and on which `enough` has come of the answer. */
async function asked(
  port: number,
  enough: (bytes: Uint8Array, ended: boolean) => boolean,
): Promise<FirstConnection> {
  const { connection } = await open(port);
  const askedAt = performance.now();
  connection.send(QUESTION);
  await connection.until((bytes, ended) => enough(bytes, ended) || undefined, LONG, NEVER);
  return { connection, askedAt };
}

/** Pages, and what was asked on each connection. */
async function pages(body: (url: string) => string): Promise<Listening & { readonly heard: string[][] }> {
  const heard = new Map<Socket, string[]>();
  const server = createServer((request, response) => {
    const { socket, url = "" } = request;
    heard.set(socket, [...(heard.get(socket) ?? []), `${url} of ${request.headers.host}`]);
    response.end(body(url));
  });
  const started = await listening(server);
  return {
    ...started,
    get heard() {
      return [...heard.values()];
    },
  };
}

/** Answers the first question on each connection in these pieces, each when the client had time to read the last. */
function inPieces(...pieces: readonly string[]): (socket: Socket) => void {
  return (socket) => {
    socket.once("data", () => {
      const left = [...pieces];
      const next = (): void => {
        const piece = left.shift();
        if (piece === undefined) return void socket.end();
        socket.write(piece, () => setTimeout(next, 5));
      };
      next();
    });
  };
}

describe("a session that begins on a connection that is there", () => {
  test("asks everything on it", async () => {
    await during(
      pages((url) => `page ${url}`),
      async (server) => {
        const { connection } = await open(server.port);
        const { session, others } = await beginOn(server.port, { connection });
        const replies = await Promise.all(["/", "/a", "/b"].map((path) => session.get(path)));
        expect(replies.map((reply) => reply?.body)).toEqual(["page /", "page /a", "page /b"]);
        expect([server.heard.length, others()]).toEqual([1, 0]);
        await session.close();
      },
    );
  });

  test("does not put the first question again, and has its answer whole", async () => {
    const long = "x".repeat(60_000);
    await during(
      pages((url) => (url === "/" ? long : "short")),
      async (server) => {
        const first = await asked(server.port, (bytes) => bytes.length > 15);
        const { session, others } = await beginOn(server.port, first);
        expect((await session.get("/"))?.body).toBe(long);
        expect((await session.get("/a"))?.body).toBe("short");
        expect(server.heard).toEqual([["/ of first", `/a of 127.0.0.1:${server.port}`]]);
        expect(others()).toBe(0);
        await session.close();
      },
    );
  });

  test("counts the time of that answer from when it was asked for", async () => {
    await during(
      pages(() => "late"),
      async (server) => {
        const first = await asked(server.port, (bytes) => bytes.length > 15);
        const { session } = await beginOn(server.port, { ...first, askedAt: performance.now() - 5_000 });
        expect((await session.get("/"))?.latencyMs).toBeGreaterThan(4_900);
        await session.close();
      },
    );
  });

  test.each([
    ["in one piece", ["HTTP/1.0 200 OK\r\n\r\nall of it"]],
    ["after a word to go on", ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\nall of it"]],
    ["in two", ["HTTP/1.0 200 OK\r\n\r\nall", " of it"]],
    ["in many", "HTTP/1.0 200 OK\r\n\r\nall of it".split("")],
  ])("has the answer of a server that closed after it, %s", async (_, pieces) => {
    await during(serve(inPieces(...pieces)), async ({ port }) => {
      const before = handles();
      for (const enough of [
        (bytes: Uint8Array) => bytes.length > 15,
        (_bytes: Uint8Array, ended: boolean) => ended,
      ]) {
        const { session, others } = await beginOn(port, await asked(port, enough));
        expect(await session.get("/")).toMatchObject({ status: 200, body: "all of it" });
        expect(others()).toBe(0);
        expect((await session.get("/a"))?.body).toBe("all of it");
        expect(others()).toBe(1);
        await session.close();
      }
      await handlesBackTo(before);
    });
  });

  test.each([
    ["breaks off", "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nhalf", { body: "half", cut: "closed" }],
    ["answers with no HTTP", "HTTP/1.1 what?\0\0", { failure: "garbled" }],
  ])("is told of a server that %s", async (_, answer, expected) => {
    const server = serve((socket) => void socket.once("data", () => socket.end(answer)));
    await during(server, async ({ port }) => {
      const { session } = await beginOn(port, await asked(port, (_bytes, ended) => ended));
      expect(await session.ask("/")).toMatchObject(expected);
      await session.close();
    });
  });

  test("dials where it was closed before anything was asked", async () => {
    let visits = 0;
    const server = serve((socket) => {
      if (visits++ === 0) socket.end();
      else socket.once("data", () => socket.write("HTTP/1.1 204 No Content\r\n\r\n"));
    });
    await during(server, async ({ port }) => {
      const { connection } = await open(port);
      await until(() => connection.ended);
      const { session, others } = await beginOn(port, { connection });
      expect((await session.get("/"))?.status).toBe(204);
      expect(others()).toBe(1);
      await session.close();
    });
  });

  test("leaves nothing of it where nothing was asked", async () => {
    const before = handles();
    await during(
      pages(() => ""),
      async ({ port }) => {
        const { connection } = await open(port);
        const { session } = await beginOn(port, { connection });
        await session.close();
      },
    );
    await handlesBackTo(before);
  });
});

describe("the connections of a session", () => {
  test("are one while answers come", async () => {
    await during(
      pages((url) => url),
      async (server) => {
        const { dial, opened } = countedDial();
        const options = {
          endpoint: at(server.port),
          tls: false,
          timeoutMs: LONG,
          signal: NEVER,
          connections: 4,
        };
        const session = await openHttpSession(options, dial);
        const paths = Array.from({ length: 20 }, (_unused, number) => `/${number}`);
        const replies = await Promise.all(paths.map((path) => session.get(path)));
        expect(replies.map((reply) => reply?.body)).toEqual(paths);
        expect(opened()).toBe(1);
        await session.close();
      },
    );
  });

  test("are more where one question hangs: the others do not wait for it", async () => {
    const server = createServer((request, response) => {
      if (request.url !== "/hangs") response.end();
    });
    await during(listening(server), async ({ port }) => {
      const { dial, opened } = countedDial();
      const options = { endpoint: at(port), tls: false, timeoutMs: 400, signal: NEVER, connections: 4 };
      const session = await openHttpSession(options, dial);
      const outcomes = await Promise.all(["/hangs", "/a", "/b"].map((path) => session.ask(path)));
      expect(outcomes).toMatchObject([{ failure: "timeout" }, { status: 200 }, { status: 200 }]);
      expect(opened()).toBe(2);
      await session.close();
    });
  });

  test("are new where the peer closes each after its answer without a word", async () => {
    const server = serve((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    });
    await during(server, async ({ port }) => {
      const { dial } = countedDial();
      const options = { endpoint: at(port), tls: false, timeoutMs: LONG, signal: NEVER, connections: 4 };
      const session = await openHttpSession(options, dial);
      const paths = Array.from({ length: 12 }, (_unused, number) => `/${number}`);
      const replies: (TimedReply | undefined)[] = await Promise.all(paths.map((path) => session.get(path)));
      expect(replies.map((reply) => reply?.body)).toEqual(paths.map(() => "ok"));
      await session.close();
    });
  });

  test("are somebody else's once they are handed over, and go by his time", async () => {
    await during(
      pages((url) => url),
      async (server) => {
        const { dial, opened } = countedDial();
        const mine = new AbortController();
        const options = { endpoint: at(server.port), tls: false, timeoutMs: LONG, connections: 4 };
        const session = await openHttpSession({ ...options, signal: mine.signal }, dial);
        await session.get("/mine");
        mine.abort();
        expect(await session.ask("/late")).toMatchObject({ failure: "cancelled" });
        const his = new AbortController();
        session.handOver(his.signal, dial);
        expect((await session.get("/his"))?.body).toBe("/his");
        expect(opened()).toBe(1);
        his.abort();
        expect(await session.ask("/later")).toMatchObject({ failure: "cancelled" });
        await session.close();
      },
    );
  });
});
