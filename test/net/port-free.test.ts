import { once } from "node:events";
import { connect, createServer } from "node:net";

import { describe, expect, test } from "vitest";

import { bindingsOf, isFree, nextFreePort } from "../../src/net/port-free.ts";
import { NEVER, closedPort, during, handles, handlesBackTo, serve } from "./peers.ts";

const hasIpv6 = (await bindingsOf(0)).ipv6 === "free";

describe("a port", () => {
  test("that nobody has is free, and stays so after it was tried", async () => {
    const port = await closedPort();
    const before = handles();
    for (let round = 0; round < 3; round++) expect((await bindingsOf(port)).ipv4).toBe("free");
    await handlesBackTo(before);
  });

  test.each(["127.0.0.1", "127.0.0.2", "0.0.0.0"])(
    "that somebody has at %s is taken in IPv4",
    async (host) => {
      await during(
        serve(() => {}, { host }),
        async ({ port }) => {
          const bindings = await bindingsOf(port);
          expect(bindings.ipv4).toBe("taken");
          expect(isFree(bindings)).toBe(false);
        },
      );
    },
  );

  test.runIf(hasIpv6)("that somebody has in IPv6 alone is taken there, and free in IPv4", async () => {
    await during(
      serve(() => {}, { host: "::1" }),
      async ({ port }) => {
        expect(await bindingsOf(port)).toEqual({ ipv4: "free", ipv6: "taken" });
      },
    );
  });

  test.runIf(hasIpv6)("that one socket has in both is taken in both", async () => {
    const server = createServer().listen({ host: "::", port: 0 });
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      expect(await bindingsOf(port)).toEqual({ ipv4: "taken", ipv6: "taken" });
    } finally {
      server.close();
    }
  });

  test("whose server closed a connection a moment ago is free, though TIME_WAIT is left of it", async () => {
    const server = await serve((socket) => socket.end("bye"));
    const client = connect(server.port, "127.0.0.1");
    client.resume();
    await once(client, "close");
    await server.close();
    expect((await bindingsOf(server.port)).ipv4).toBe("free");
  });
});

describe("what binding came to", () => {
  test.each([
    [{ ipv4: "free", ipv6: "free" }, true],
    [{ ipv4: "free", ipv6: "absent" }, true],
    [{ ipv4: "free", ipv6: "taken" }, false],
    [{ ipv4: "forbidden", ipv6: "forbidden" }, false],
    [{ ipv4: "failed", ipv6: "absent" }, false],
  ] as const)("%j leaves the port free: %s", (bindings, free) => {
    expect(isFree(bindings)).toBe(free);
  });
});

describe("the next free port", () => {
  test("is the first that nobody has", async () => {
    await during(
      serve(() => {}),
      async ({ port }) => {
        const next = await nextFreePort(port, 100, NEVER);
        expect(next).toBeGreaterThan(port);
        expect(next).toBeLessThan(port + 100);
      },
    );
  });

  test("is none where those that may be tried are taken, or there are no more", async () => {
    await during(
      serve(() => {}),
      async ({ port }) => {
        expect(await nextFreePort(port, 1, NEVER)).toBeUndefined();
      },
    );
    expect(await nextFreePort(65_536, 100, NEVER)).toBeUndefined();
  });

  test("is not looked for when the run has ended", async () => {
    expect(await nextFreePort(await closedPort(), 100, AbortSignal.abort())).toBeUndefined();
  });
});
