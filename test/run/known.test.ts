import { describe, expect, test } from "vitest";

import { type DiscoverOptions, type Observation, type Strategy, discover } from "../../src/index.ts";
import { greets, startScripted } from "../identify/scripted-server.ts";

/** A port that nobody has: it was given to somebody who has left. */
async function freePort(): Promise<number> {
  await using server = await startScripted(greets(""));
  return server.port;
}

async function told(options: DiscoverOptions) {
  const observations: Observation[] = [];
  const run = discover({ timeoutMs: 500, ...options, onObservation: (one) => void observations.push(one) });
  const { services, coverage } = await run.inventory();
  return { observations, services, coverage };
}

const at = (port: number) => ({ address: "127.0.0.1", port, transport: "tcp" }) as const;

const outcomes = (observations: readonly Observation[]): string[] =>
  observations.map(({ strategy, endpoint, outcome }) => `${strategy} ${endpoint.port} ${outcome}`);

describe("who wants to know what is observed", () => {
  test("is told of what is open, and of nothing else", async () => {
    await using server = await startScripted(greets("SSH-2.0-OpenSSH_9.2p1\r\n"));
    const closed = await freePort();
    const { observations } = await told({
      targets: ["127.0.0.1"],
      ports: [server.port, closed],
      strategies: ["tcp"],
    });
    expect(observations).toMatchObject([{ strategy: "tcp", outcome: "open", claim: { type: "ssh" } }]);
  });

  test("is told of what was open before and is closed now, and the run finds what it would find without", async () => {
    await using server = await startScripted(greets("SSH-2.0-OpenSSH_9.2p1\r\n"));
    const closed = await freePort();
    const options = { targets: ["127.0.0.1"], ports: [server.port, closed], strategies: ["tcp"] };
    const elsewhere = [
      { ...at(closed), address: "127.0.0.99" },
      { ...at(1), address: "192.0.2.1" },
    ];
    const plain = await told(options);
    const known = await told({ ...options, known: [at(closed), at(server.port), ...elsewhere] });
    expect(outcomes(known.observations).toSorted()).toEqual(
      [`tcp ${server.port} open`, `sweep ${closed} closed`].toSorted(),
    );
    expect(known.coverage).toEqual(plain.coverage);
    expect(known.services.map(({ id }) => id)).toEqual(plain.services.map(({ id }) => id));
    expect(known.services.map(({ evidence }) => evidence.length)).toEqual(
      plain.services.map(({ evidence }) => evidence.length),
    );
  });

  test("is not told of what makes no sense, nor of what comes after the end was called", async () => {
    const endpoint = { address: "127.0.0.1", port: 9, transport: "tcp" } as const;
    const stop = new AbortController();
    const odd: Strategy = {
      name: "odd",
      summary: "A test",
      // oxlint-disable-next-line require-await -- a strategy is asynchronous
      async *observe() {
        yield { strategy: "odd", at: 1, endpoint: { ...endpoint, port: 0 }, outcome: "open" };
        yield { strategy: "odd", at: 2, endpoint, outcome: "open" };
        stop.abort();
        yield { strategy: "odd", at: 3, endpoint, outcome: "open" };
      },
    };
    const { observations } = await told({ targets: ["127.0.0.1"], strategies: [odd], signal: stop.signal });
    expect(observations.map(({ at }) => at).filter((at) => at !== 2)).toEqual([]);
  });
});
