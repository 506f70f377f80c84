import { type Server, type Socket, createServer } from "node:net";

import { describe, expect, test, vi } from "vitest";

import { latin1 } from "../../src/model/bytes.ts";
import { OUTCOMES } from "../../src/model/outcome.ts";
import type { Scope, Strategy } from "../../src/model/strategy.ts";
import { startBadServer } from "../lab/bad-server.js";
import { listening } from "../lab/listening.js";
import type { Listening } from "../lab/listening.js";
import { benchOf, portsOfLoopback, scopeOf } from "../strategies/bench.ts";

/** Longer than any of these tests may take: whoever waits it out has not stopped when told. */
const LONG_MS = 600_000;
/** For peers that have to be given up before the test is over. */
const SHORT_MS = 150;

/** These ports of 127.0.0.1 and nothing else, and nobody to ask who is not there either. */
async function scopeFor(ports: readonly number[], timeoutMs = LONG_MS): Promise<Scope> {
  return scopeOf({
    extra: portsOfLoopback(ports),
    timeoutMs,
    httpTimeoutMs: timeoutMs,
    domains: ["sonde.invalid"],
    dnsServers: [{ address: "127.0.0.1", port: await closedPort() }],
    interfaces: ["none"],
  });
}

function redis(): Promise<Listening> {
  return serverOf((socket) => {
    socket.on("data", () => socket.write("-NOAUTH Authentication required.\r\n"));
  });
}

/** Lets go of a client that leaves, so that what is left is the client's. */
function serverOf(talk: (socket: Socket) => void): Promise<Listening> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    talk(socket);
    socket.resume();
  });
  return listening(server);
}

/** A port on which nothing listens: it was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = await serverOf(() => {});
  await server.close();
  return server.port;
}

/** Sockets, servers and datagram sockets of this process. Requests and timers come and go with the test runner. */
function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(?:TCP|UDP|Pipe(?!Wrap)|GetAddrInfo)/.test(name))
    .length;
}

async function nothingIsLeft(before: number): Promise<void> {
  await vi.waitFor(() => expect(handles()).toBeLessThanOrEqual(before), { timeout: 10_000, interval: 5 });
}

/**
 * What every strategy keeps to, one of a user's own included. Traffic goes to 127.0.0.1 only, for as long as the
 * strategy keeps to its scope.
 */
export function strategyContract(strategy: Strategy): void {
  describe(`the strategy ${strategy.name}`, { timeout: 30_000 }, () => {
    test("has a name to be called by and a line about itself", () => {
      expect(strategy.name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      expect(strategy.summary).toMatch(/^[A-Z][^\n]{8,100}[^\n.]$/);
    });

    test("ends by itself where there is nothing to look at", async () => {
      const before = handles();
      expect(await (await benchOf()).observed(strategy, await scopeFor([]))).toEqual([]);
      await nothingIsLeft(before);
    });

    test("ends by itself where nothing listens, and says of nothing that it is open", async () => {
      const before = handles();
      const ports = [await closedPort(), await closedPort()];
      const bench = await benchOf();
      const found = await bench.observed(strategy, await scopeFor(ports));
      expect(found.filter(({ outcome }) => outcome === "open")).toEqual([]);
      if (strategy.announces !== true) expect(bench.warnings).toEqual([]);
      await nothingIsLeft(before);
    });

    test("does not begin once the run is over", async () => {
      const server = await redis();
      const bench = await benchOf();
      bench.stop.abort();
      const found = await bench.observed(strategy, await scopeFor([server.port]));
      expect(found.filter(({ claim }) => claim !== undefined)).toEqual([]);
      await server.close();
    });

    // What others announce is looked at by those that sweep.
    if (strategy.announces === true) return;
    describe("connects, and so", () => {
      test("reports what listens, in observations that are whole", async () => {
        const before = handles();
        const server = await redis();
        const earliest = Date.now();
        const found = await (await benchOf()).observed(strategy, await scopeFor([server.port]));
        await server.close();
        expect(found).not.toEqual([]);
        for (const one of found) {
          expect(one.strategy).toBe(strategy.name);
          expect(one.endpoint).toEqual({ address: "127.0.0.1", port: server.port, transport: "tcp" });
          expect(OUTCOMES).toContain(one.outcome);
          expect(one.at).toBeGreaterThanOrEqual(earliest);
          expect(one.at).toBeLessThanOrEqual(Date.now());
          if (one.claim === undefined) continue;
          expect(one.claim.confidence).toBeGreaterThan(0);
          expect(one.claim.confidence).toBeLessThanOrEqual(1);
          expect(one.claim.summary).not.toBe("");
        }
        expect(found.some(({ outcome }) => outcome === "open")).toBe(true);
        await nothingIsLeft(before);
      });

      test("is not stopped by bad hosts among good ones", async () => {
        const before = handles();
        const bad = await Promise.all(
          (["garbage", "closer", "rst", "echo", "mute", "headers", "half"] as const).map((mode) =>
            startBadServer(mode),
          ),
        );
        const good = [await redis(), await redis()];
        const bench = await benchOf();
        const ports = [good[0], ...bad, good[1]].map((server) => server?.port ?? 0);
        const found = await bench.observed(strategy, await scopeFor(ports, SHORT_MS));
        await Promise.all([...bad, ...good].map((server) => server.close()));
        const open = found.filter(({ outcome }) => outcome === "open").map(({ endpoint }) => endpoint.port);
        expect(open).toEqual(expect.arrayContaining(good.map(({ port }) => port)));
        expect(bench.warnings).toEqual([]);
        await nothingIsLeft(before);
      });

      test("stops when told to while a peer keeps it waiting, and leaves nothing", async () => {
        const before = handles();
        const bench = await benchOf();
        let asked = 0;
        const mute = await serverOf((socket) => {
          socket.on("data", () => {
            // It is in the middle of a conversation now, and has all the time in the world.
            if (asked++ === 0) bench.stop.abort();
          });
        });
        const found = await bench.observed(strategy, await scopeFor([mute.port]));
        expect(asked).toBeGreaterThan(0);
        expect(found.filter(({ claim }) => claim !== undefined)).toEqual([]);
        expect(bench.tally.coverage.complete).toBe(false);
        // The server still listens: what goes on now is the strategy's own.
        await nothingIsLeft(before + 1);
        await mute.close();
      });

      test("stops when told to while a peer waits for it to speak", async () => {
        const before = handles();
        const bench = await benchOf();
        let came = 0;
        // The sweep's own connection is the first, a conversation the second.
        const server = await serverOf((socket) => {
          socket.write(latin1("SSH-"));
          if (++came === 2) bench.stop.abort();
        });
        await bench.observed(strategy, await scopeFor([server.port]));
        expect(came).toBeGreaterThanOrEqual(2);
        await nothingIsLeft(before + 1);
        await server.close();
      });

      test("leaves nothing where nobody hears it to the end", async () => {
        const before = handles();
        const servers = [await redis(), await redis(), await redis()];
        const bench = await benchOf();
        const ports = servers.map(({ port }) => port);
        const scope = await scopeFor(ports);
        for await (const observation of strategy.observe(scope, bench.contextFor(scope))) {
          expect(ports).toContain(observation.endpoint.port);
          break;
        }
        bench.stop.abort();
        await nothingIsLeft(before + servers.length);
        await Promise.all(servers.map((server) => server.close()));
      });
    });
  });
}
