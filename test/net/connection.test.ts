import { getEventListeners } from "node:events";
import type { Socket } from "node:net";

import { describe, expect, test } from "vitest";

import { fromLatin1, latin1 } from "../../src/model/bytes.ts";
import { startBadServer } from "../lab/bad-server.js";
import { NEVER, during, floodWith, handles, handlesBackTo, open, serve, until } from "./peers.ts";

/** Longer than any test may take: a wait that must not be sat out. */
const LONG = 600_000;

function line(received: Uint8Array): string | undefined {
  const text = fromLatin1(received);
  return text.endsWith("\n") ? text : undefined;
}

describe("a connection", () => {
  test("hears what comes bit by bit until it makes sense", async () => {
    await during(
      serve((socket) => {
        socket.write("hel");
        setImmediate(() => socket.write("lo\n"));
      }),
      async ({ port }) => {
        const { connection } = await open(port);
        expect(await connection.until(line, LONG, NEVER)).toBe("hello\n");
        expect(fromLatin1(connection.received)).toBe("hello\n");
        expect(connection.ended).toBe(false);
        connection.close();
      },
    );
  });

  test("hears what came in time though nobody looked until it was over", async () => {
    const peers: Socket[] = [];
    await during(
      serve((socket) => void peers.push(socket)),
      async ({ port }) => {
        const { connection } = await open(port);
        await until(() => peers.length === 1);
        const heard = connection.until(line, 20, NEVER);
        peers[0]?.write("in time\n");
        const late = performance.now() + 60;
        while (performance.now() < late);
        expect(await heard).toBe("in time\n");
        connection.close();
      },
    );
  });

  test("forgets what it heard when it says something", async () => {
    await during(
      serve((socket) => {
        socket.write("hello\n");
        socket.on("data", (asked) => socket.write(`you said ${asked.toString()}`));
      }),
      async ({ port }) => {
        const { connection } = await open(port);
        await connection.until(line, LONG, NEVER);
        connection.send(latin1("ping\n"));
        expect(connection.received).toHaveLength(0);
        expect(await connection.until(line, LONG, NEVER)).toBe("you said ping\n");
        connection.close();
      },
    );
  });

  test.each([
    ["closes", (socket: Socket): void => void socket.end()],
    ["resets", (socket: Socket): void => void socket.resetAndDestroy()],
  ])("stops waiting when the peer %s it", async (_, leave) => {
    const before = handles();
    await during(
      serve((socket) => socket.once("data", () => leave(socket))),
      async ({ port }) => {
        const { connection, closed } = await open(port);
        connection.send(latin1("go away"));
        expect(await connection.until(() => undefined, LONG, NEVER)).toBeUndefined();
        expect(connection.ended).toBe(true);
        connection.send(latin1("is anybody there?"));
        connection.close(latin1("bye"));
        await until(() => closed() === 1);
      },
    );
    await handlesBackTo(before);
  });

  test("tells the test that no more will come", async () => {
    await during(
      serve((socket) => socket.end("half")),
      async ({ port }) => {
        const { connection } = await open(port);
        const heard = await connection.until(
          (received, ended) => (ended ? fromLatin1(received) : undefined),
          LONG,
          NEVER,
        );
        expect(heard).toBe("half");
        connection.close();
      },
    );
  });

  test("stops waiting when its time is up, and hears on afterwards", async () => {
    await during(
      serve((socket) => socket.on("data", () => socket.write("late\n"))),
      async ({ port }) => {
        const { connection } = await open(port);
        expect(await connection.until(line, 1, NEVER)).toBeUndefined();
        expect(connection.ended).toBe(false);
        connection.send(latin1("x"));
        expect(await connection.until(line, LONG, NEVER)).toBe("late\n");
        connection.close();
      },
    );
  });

  test("stops waiting when it is told to, before or while, and leaves nothing on the signal", async () => {
    await during(
      serve(() => {}),
      async ({ port }) => {
        const { connection } = await open(port);
        const stop = new AbortController();
        const waiting = connection.until(line, LONG, stop.signal);
        stop.abort();
        expect(await waiting).toBeUndefined();
        expect(await connection.until(line, LONG, stop.signal)).toBeUndefined();
        expect(getEventListeners(stop.signal, "abort")).toEqual([]);
        connection.close();
      },
    );
  });

  test("takes 16 KiB of a flood and no more", async () => {
    const before = handles();
    await during(
      serve((socket) => floodWith(socket, "x")),
      async ({ port }) => {
        const { connection, closed } = await open(port);
        expect(await connection.until(() => undefined, LONG, NEVER)).toBeUndefined();
        expect(connection.ended).toBe(true);
        expect(connection.received).toHaveLength(16 * 1024);
        connection.close();
        await until(() => closed() === 1);
      },
    );
    await handlesBackTo(before);
  });

  test("says farewell where there is a word for it, and lets go", async () => {
    let heard = "";
    await during(
      serve((socket) => socket.on("data", (text) => (heard += text.toString()))),
      async ({ port }) => {
        const { connection, closed } = await open(port);
        connection.send(latin1("HELO\n"));
        connection.close(latin1("QUIT\n"));
        await until(() => closed() === 1 && heard === "HELO\nQUIT\n");
      },
    );
  });

  test("lets go of a peer that neither answers nor leaves, with a farewell and without", async () => {
    const before = handles();
    await during(startBadServer("mute"), async ({ port }) => {
      const [one, other] = [await open(port), await open(port)];
      one.connection.close();
      other.connection.close(latin1("QUIT\n"));
      await until(() => one.closed() === 1 && other.closed() === 1);
    });
    await handlesBackTo(before);
  });
});
