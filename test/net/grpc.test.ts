import { type ServerHttp2Stream, createServer } from "node:http2";

import { describe, expect, test } from "vitest";

import type { GrpcReply } from "../../src/model/net.ts";
import { askGrpc } from "../../src/net/grpc.ts";
import { startBadServer } from "../lab/bad-server.js";
import { listening } from "../lab/listening.js";
import type { Listening } from "../lab/listening.js";
import { NEVER, at, countedDial, during, handles, handlesBackTo, serve, until } from "./peers.ts";

function serveHttp2(answer: (stream: ServerHttp2Stream, path: string) => void): Promise<Listening> {
  const server = createServer();
  server.on("sessionError", () => {});
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    answer(stream, headers[":path"] ?? "");
  });
  return listening(server);
}

async function ask(
  port: number,
  { timeoutMs = 600_000, signal = NEVER }: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<GrpcReply | undefined> {
  const { dial, opened, closed } = countedDial();
  const reply = await askGrpc({ endpoint: at(port), tls: false, timeoutMs, signal }, dial);
  await until(() => closed() === opened());
  return reply;
}

describe("a gRPC health check", () => {
  test("takes the status from the trailers", async () => {
    const before = handles();
    const paths: string[] = [];
    const server = serveHttp2((stream, path) => {
      paths.push(path);
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.from([0, 0, 0, 0, 2, 8, 1]));
    });
    await during(server, async ({ port }) => {
      expect(await ask(port)).toMatchObject({
        grpcStatus: 0,
        headers: { "content-type": "application/grpc", "grpc-status": "0" },
      });
    });
    expect(paths).toEqual(["/grpc.health.v1.Health/Check"]);
    await handlesBackTo(before);
  });

  test("takes it from headers that end the answer: a server without the health service", async () => {
    const server = serveHttp2((stream) =>
      stream.respond({ ":status": 200, "grpc-status": "12" }, { endStream: true }),
    );
    await during(server, async ({ port }) => {
      expect((await ask(port))?.grpcStatus).toBe(12);
    });
  });

  test.each(["", "-1", "abc", "12345"])("takes '%s' for no status", async (status) => {
    const server = serveHttp2((stream) =>
      stream.respond({ ":status": 200, "grpc-status": status }, { endStream: true }),
    );
    await during(server, async ({ port }) => {
      const reply = await ask(port);
      expect(reply).toBeDefined();
      expect(reply?.grpcStatus).toBeUndefined();
    });
  });

  test("tells HTTP/2 without gRPC from gRPC", async () => {
    const server = serveHttp2((stream) => {
      stream.respond({ ":status": 404, server: "plain" });
      stream.end("nothing here");
    });
    await during(server, async ({ port }) => {
      const reply = await ask(port);
      expect(reply).toMatchObject({ headers: { server: "plain" } });
      expect(reply?.grpcStatus).toBeUndefined();
    });
  });

  test("is not understood by HTTP/1", async () => {
    const before = handles();
    const server = serve((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")),
    );
    await during(server, async ({ port }) => {
      expect(await ask(port)).toBeUndefined();
    });
    await handlesBackTo(before);
  });

  test.each(["garbage", "closer", "rst", "flood"] as const)(
    "is not understood by a peer that is %s, and nothing is left",
    async (mode) => {
      const before = handles();
      await during(startBadServer(mode), async ({ port }) => {
        expect(await ask(port)).toBeUndefined();
      });
      await handlesBackTo(before);
    },
  );

  test("is waited for no longer than told, nor after the run has ended", async () => {
    const before = handles();
    await during(startBadServer("mute"), async ({ port }) => {
      expect(await ask(port, { timeoutMs: 20 })).toBeUndefined();
      expect(await ask(port, { signal: AbortSignal.abort() })).toBeUndefined();
    });
    await handlesBackTo(before);
  });
});
