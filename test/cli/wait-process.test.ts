import { createServer } from "node:http";

import { describe, expect, test } from "vitest";

import { WAIT_SCHEMA } from "../../src/output/schema/wait-schema.ts";
import { listening } from "../lab/listening.js";
import { closedPort, during, serve } from "../net/peers.ts";
import { documentBy } from "./by-schema.ts";
import { wait } from "./waiting.ts";

function redis(port: number): ReturnType<typeof serve> {
  return serve(
    (socket) => void socket.on("data", () => socket.write("-NOAUTH Authentication required.\r\n")),
    {
      port,
    },
  );
}

describe("discover wait, the command", () => {
  test("ends with 0 when a server that was not there comes up", async () => {
    const port = await closedPort();
    const waiting = wait(`redis://127.0.0.1:${port}`);
    await waiting.said("refused the connection");
    await during(redis(port), async () => {
      const { code, stdout } = await waiting.end;
      expect(code).toBe(0);
      expect(stdout).toMatch(
        new RegExp(
          `^redis at 127\\.0\\.0\\.1:${port} is there: Redis; protected: PING answered .*, after .*\\n$`,
        ),
      );
    });
  });

  test("ends with 0 when a server that is not well gets well", async () => {
    let status = "down";
    const server = createServer((_request, response) => {
      response.writeHead(status === "UP" ? 200 : 503).end(JSON.stringify({ status }));
    });
    await during(listening(server), async ({ port }) => {
      const waiting = wait(`http://localhost:${port}/health`, "--output=json");
      await waiting.said('unhealthy: GET /health answered 503: status "down"');
      status = "UP";
      const { code, stdout } = await waiting.end;
      expect(code).toBe(0);
      expect(documentBy(WAIT_SCHEMA, stdout)).toMatchObject({
        there: true,
        results: [{ there: true, summary: '200, status "UP"', service: { type: "http", status: "healthy" } }],
      });
    });
  });

  test("ends with 1 where the time is over while health is still being asked for", async () => {
    const server = createServer((request, response) => {
      if (request.url !== "/health") response.writeHead(404).end();
    });
    await during(listening(server), async ({ port }) => {
      const { code, stdout, stderr } = await wait(`127.0.0.1:${port}`, "--timeout=1s").end;
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/ is not there after .*: not seen in full in that time\n$/);
    });
  });

  test("ends with 0 for a URL that is well on a server whose other paths hang", async () => {
    const server = createServer((request, response) => void (request.url === "/up" && response.end("ok")));
    await during(listening(server), async ({ port }) => {
      const { code, stdout } = await wait(`http://127.0.0.1:${port}/up`, "--timeout=4s").end;
      expect({ code, stdout }).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('is there: 200, "ok"'),
      });
    });
  });

  test("ends with 1 where connections are closed at once, as by a proxy without a server", async () => {
    await during(
      serve((socket) => void socket.end()),
      async ({ port }) => {
        for (const want of [`127.0.0.1:${port}`, `tls://127.0.0.1:${port}`]) {
          const { code, stderr } = await wait(want, "--timeout=1s").end;
          expect(code).toBe(1);
          expect(stderr).toMatch(/ is not there after .*: closed the connection without a word\n$/);
        }
      },
    );
  });

  test("ends with 1 where something else is in its place, and says what", async () => {
    await during(redis(0), async ({ port }) => {
      const { code, stdout, stderr } = await wait(`postgresql://127.0.0.1:${port}`, "--timeout=2s").end;
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/ is not there after 2\.\d s: taken by redis instead of postgresql\n$/);
    });
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends with what it knows on %s", async (signal, code) => {
    const waiting = wait(`127.0.0.1:${await closedPort()}`, "--output=json");
    await waiting.said("refused the connection");
    waiting.kill(signal);
    const { code: status, stdout } = await waiting.end;
    expect(status).toBe(code);
    expect(documentBy(WAIT_SCHEMA, stdout)).toMatchObject({
      there: false,
      results: [{ summary: "refused the connection" }],
    });
  });
});
