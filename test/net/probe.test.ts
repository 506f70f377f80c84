import { describe, expect, test } from "vitest";

import type { ConnectOutcome, ProbeEnd, Prober } from "../../src/model/net.ts";
import { outcomeOfCode, outcomeOfError } from "../../src/net/connect-outcome.ts";
import { dial } from "../../src/net/dial.ts";
import { directProber } from "../../src/net/direct-prober.ts";
import { createProber } from "../../src/net/prober.ts";
import { PublicProber } from "../../src/net/public-prober.ts";
import { NEVER, at, closedPort, during, handles, handlesBackTo, open, serve, until } from "./peers.ts";

interface Ended {
  readonly slot: number;
  readonly outcome: ConnectOutcome;
  readonly latencyMs: number;
}

/** A prober, and what it has told. */
function listenTo(create: (ended: ProbeEnd) => Prober): { prober: Prober; heard: Ended[] } {
  const heard: Ended[] = [];
  const prober = create((slot, outcome, latencyMs) => heard.push({ slot, outcome, latencyMs }));
  return { prober, heard };
}

/** One connect after the other, under one number. */
async function askInTurn(
  prober: Prober,
  heard: readonly Ended[],
  host: string,
  ports: readonly number[],
): Promise<void> {
  for (const [at, port] of ports.entries()) {
    prober.connect(3, host, port);
    await until(() => heard.length === at + 1);
  }
}

/** Node lets us at its handles here; where it does not, the public way is all there is. */
function direct(ended: ProbeEnd): Prober {
  const prober = directProber(ended);
  if (prober === undefined) throw new Error("this Node has no such handles");
  return prober;
}

const WAYS = [
  { way: "direct", create: direct },
  { way: "public", create: (ended: ProbeEnd): Prober => new PublicProber(ended) },
];

describe.each(WAYS)("a $way prober", ({ create }) => {
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
      const { prober, heard } = listenTo(create);
      prober.connect(7, host, port);
      await until(() => heard.length === 1);
      expect(heard[0]).toMatchObject({ slot: 7, outcome: "open" });
      expect(heard[0]?.latencyMs).toBeGreaterThan(0);
      await until(() => came === 1 && left === 1);
      prober.close();
    });
    await handlesBackTo(before);
  });

  test.each(["127.0.0.1", "::1"])("tells closed ports of %s, one after the other", async (host) => {
    const before = handles();
    const { prober, heard } = listenTo(create);
    await askInTurn(prober, heard, host, Array(5).fill(await closedPort()));
    expect(heard.map(({ outcome }) => outcome)).toEqual(Array(5).fill("closed"));
    prober.close();
    await handlesBackTo(before);
  });

  test("tells open from closed where the same socket may serve for both", async () => {
    const before = handles();
    await during(
      serve(() => {}),
      async ({ port }) => {
        const { prober, heard } = listenTo(create);
        const closed = await closedPort();
        const ports = [closed, port, closed, closed, port, closed, port];
        await askInTurn(prober, heard, "127.0.0.1", ports);
        const expected = ports.map((one) => (one === port ? "open" : "closed"));
        expect(heard.map(({ outcome }) => outcome)).toEqual(expected);
        prober.close();
      },
    );
    await handlesBackTo(before);
  });

  test("tells many apart that are under way at once", async () => {
    const before = handles();
    await during(
      serve(() => {}),
      async ({ port }) => {
        const { prober, heard } = listenTo(create);
        const closed = await closedPort();
        for (let slot = 0; slot < 40; slot++)
          prober.connect(slot, "127.0.0.1", slot % 3 === 0 ? port : closed);
        expect(heard).toEqual([]);
        await until(() => heard.length === 40);
        const open = heard.filter(({ outcome }) => outcome === "open").map(({ slot }) => slot);
        expect(open.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 14 }, (_, at) => at * 3));
        prober.close();
      },
    );
    await handlesBackTo(before);
  });

  test("says nothing of one that was cancelled, gives its number to another, and leaves nothing", async () => {
    const before = handles();
    await during(
      serve(() => {}),
      async ({ port }) => {
        const { prober, heard } = listenTo(create);
        const closed = await closedPort();
        prober.connect(0, "127.0.0.1", port);
        prober.cancel(0);
        prober.cancel(0);
        prober.connect(0, "127.0.0.1", closed);
        await until(() => heard.length === 1);
        prober.connect(1, "127.0.0.1", closed);
        await until(() => heard.length === 2);
        expect(heard.map(({ slot, outcome }) => ({ slot, outcome }))).toEqual([
          { slot: 0, outcome: "closed" },
          { slot: 1, outcome: "closed" },
        ]);
        prober.close();
      },
    );
    await handlesBackTo(before);
  });

  test("tells of what fails at once as it does of the rest: later", async () => {
    const { prober, heard } = listenTo(create);
    // TCP has no broadcast: this is refused before a packet leaves. (A link-local address without a zone is not: Node 24
    // picks an interface itself.)
    prober.connect(0, "255.255.255.255", 80);
    expect(heard).toEqual([]);
    await until(() => heard.length === 1);
    expect(heard[0]?.outcome).toBe("unreachable");
    prober.close();
  });
});

describe("the prober of a sweep", () => {
  test("is the direct one unless that is not wanted", () => {
    expect(createProber(() => {}, true)).not.toBeInstanceOf(PublicProber);
    expect(createProber(() => {}, false)).toBeInstanceOf(PublicProber);
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

  test("is told by its code alone, too", () => {
    expect(outcomeOfCode("ECONNREFUSED")).toBe("closed");
  });

  test("without a code means filtered", () => {
    expect(outcomeOfError(new Error("connect"))).toBe("filtered");
  });
});
