import { describe, expect, test } from "vitest";

import type { ConnectOutcome } from "../../src/model/net.ts";
import { outcomeOfError } from "../../src/net/connect-outcome.ts";
import { dial } from "../../src/net/dial.ts";
import { probe } from "../../src/net/probe.ts";
import { NEVER, at, closedPort, during, handles, handlesBackTo, open, serve, until } from "./peers.ts";

function outcomeAt(
  port: number,
  address = "127.0.0.1",
): Promise<{ outcome: ConnectOutcome; latencyMs: number }> {
  return new Promise((resolve) => {
    probe(address, port, (outcome, latencyMs) => resolve({ outcome, latencyMs }));
  });
}

describe("a probe", () => {
  test.each(["127.0.0.1", "::1"])("finds an open port of %s and leaves at once", async (host) => {
    const before = handles();
    let [came, left] = [0, 0];
    const server = serve(
      (socket) => {
        came++;
        socket.once("close", () => left++);
      },
      { host },
    );
    await during(server, async ({ port }) => {
      const { outcome, latencyMs } = await outcomeAt(port, host);
      expect(outcome).toBe("open");
      expect(latencyMs).toBeGreaterThan(0);
      await until(() => came === 1 && left === 1);
    });
    await handlesBackTo(before);
  });

  test("finds a closed port", async () => {
    expect((await outcomeAt(await closedPort())).outcome).toBe("closed");
  });

  test("says nothing before it returns, nor after it was cancelled, and leaves nothing", async () => {
    const before = handles();
    await during(
      serve(() => {}),
      async ({ port }) => {
        const heard: string[] = [];
        const attempt = probe("127.0.0.1", port, () => heard.push("cancelled"));
        expect(heard).toEqual([]);
        attempt.cancel();
        attempt.cancel();
        await outcomeAt(port);
        expect(heard).toEqual([]);
      },
    );
    await handlesBackTo(before);
  });
});

describe("dialling", () => {
  test("tells a closed port, and gives the socket back", async () => {
    let closed = 0;
    const onClose = (): void => void closed++;
    const port = await closedPort();
    expect(await dial(at(port), { timeoutMs: 5_000, signal: NEVER, onClose })).toBe("closed");
    await until(() => closed === 1);
  });

  test("takes a signal that has fired for filtered, and leaves nothing", async () => {
    const before = handles();
    let closed = 0;
    const onClose = (): void => void closed++;
    await during(
      serve(() => {}),
      async ({ port }) => {
        const signal = AbortSignal.abort();
        expect(await dial(at(port), { timeoutMs: 5_000, signal, onClose })).toBe("filtered");
        await until(() => closed === 1);
      },
    );
    await handlesBackTo(before);
  });

  test("gives the socket back once, when it is closed", async () => {
    await during(
      serve(() => {}),
      async ({ port }) => {
        const { connection, closed } = await open(port);
        expect(connection.latencyMs).toBeGreaterThan(0);
        expect(closed()).toBe(0);
        connection.close();
        connection.close();
        await until(() => closed() === 1);
      },
    );
  });
});

describe("an error of connect", () => {
  test.each([
    ["ECONNREFUSED", "closed"],
    ["ECONNRESET", "open"],
    ["EPIPE", "open"],
    ["EHOSTUNREACH", "unreachable"],
    ["ENETUNREACH", "unreachable"],
    ["EHOSTDOWN", "unreachable"],
    ["ENETDOWN", "unreachable"],
    ["EMFILE", "exhausted"],
    ["ENFILE", "exhausted"],
    ["ENOBUFS", "exhausted"],
    ["ENOMEM", "exhausted"],
    ["EADDRNOTAVAIL", "exhausted"],
    ["EADDRINUSE", "exhausted"],
    ["EAGAIN", "exhausted"],
    ["ETIMEDOUT", "filtered"],
    ["EACCES", "filtered"],
    ["EPERM", "filtered"],
    ["ENEVERHEARDOF", "filtered"],
  ])("%s means %s", (code, outcome) => {
    expect(outcomeOfError(Object.assign(new Error("connect"), { code }))).toBe(outcome);
  });

  test("without a code means filtered", () => {
    expect(outcomeOfError(new Error("connect"))).toBe("filtered");
  });
});
