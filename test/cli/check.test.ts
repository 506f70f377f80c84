import { once } from "node:events";
import { connect } from "node:net";

import { describe, expect, test } from "vitest";

import { run } from "../../src/cli/run.ts";
import type { Io } from "../../src/cli/terminal/io.ts";
import { discover as discoverForReal } from "../../src/discover.ts";
import { PORT_SCHEMA } from "../../src/output/schema/port-schema.ts";
import { closedPort, during, handles, handlesBackTo, serve } from "../net/peers.ts";
import { documentBy } from "./by-schema.ts";
import { type FakeOptions, fakeIo } from "./fake-io.ts";

const linux = process.platform === "linux";

/** The command line on this machine's own network. */
async function check(argv: readonly string[], given: FakeOptions = {}) {
  const fake = fakeIo(given);
  const io: Io = { ...fake.io, discover: (options) => Promise.resolve(discoverForReal(options)) };
  return fake.outcome(await run(["check", ...argv], io));
}

const redis = (options?: { host?: string }): ReturnType<typeof serve> =>
  serve(
    (socket) => void socket.on("data", () => socket.write("-NOAUTH Authentication required.\r\n")),
    options,
  );

/** This very process, as the line has it. */
const SELF = linux ? `, process [^,]+, pid ${process.pid}` : "";

describe("discover check", () => {
  test("says that a port is free, and leaves it so", async () => {
    const port = String(await closedPort());
    const before = handles();
    for (const argv of [[port], [port, "redis"]]) {
      expect(await check(argv)).toMatchObject({ code: 0, stdout: `port ${port} is free\n`, stderr: "" });
    }
    await handlesBackTo(before);
  });

  test("says that what should be there is", async () => {
    await during(redis(), async ({ port }) => {
      const { code, stdout } = await check([String(port), "redis"]);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^port ${port} is taken by redis \\(Redis${SELF}\\)\\n$`));
    });
  });

  test("says what else is there, and which port is free", async () => {
    await during(redis(), async ({ port }) => {
      for (const [argv, not] of [
        [[String(port)], ""],
        [[String(port), "postgresql"], ", not postgresql"],
      ] as const) {
        const { code, stdout } = await check(argv);
        expect(code).toBe(1);
        const [, next] =
          new RegExp(`^port ${port} is taken by redis${not} \\(Redis${SELF}\\); (\\d+) is free\\n$`).exec(
            stdout,
          ) ?? [];
        expect(Number(next)).toBeGreaterThan(port);
      }
    });
  });

  test.runIf(linux)("sees who listens on another of this machine's addresses", async () => {
    await during(redis({ host: "127.0.0.3" }), async ({ port }) => {
      expect(await check([String(port), "redis"])).toMatchObject({ code: 0 });
    });
  });

  test("does not take what is left of a closed connection for somebody", async () => {
    const server = await serve((socket) => socket.end("bye"));
    const client = connect(server.port, "127.0.0.1");
    client.resume();
    await once(client, "close");
    await server.close();
    expect(await check([String(server.port)])).toMatchObject({ code: 0 });
  });

  test.runIf(linux)("sees a socket that holds the port and does not listen", async () => {
    await during(
      serve(() => {}),
      async ({ port }) => {
        const client = connect(port, "127.0.0.1");
        await once(client, "connect");
        const { localPort = 0 } = client;
        try {
          const { code, stdout } = await check([String(localPort)]);
          expect(code).toBe(1);
          expect(stdout).toContain(`port ${localPort} is taken by a socket that does not listen (`);
        } finally {
          client.destroy();
        }
      },
    );
  });

  test("prints nothing with --quiet", async () => {
    await during(redis(), async ({ port }) => {
      expect(await check([String(port), "--quiet"])).toMatchObject({ code: 1, stdout: "", stderr: "" });
    });
  });

  test("is a document with --output=json", async () => {
    await during(redis(), async ({ port }) => {
      const { code, stdout } = await check([String(port), "redis", "--output=json"]);
      expect(code).toBe(0);
      expect(documentBy(PORT_SCHEMA, stdout)).toMatchObject({
        schemaVersion: 1,
        port,
        wanted: "redis",
        state: "expected",
        nextFree: null,
        bindings: { ipv4: "taken" },
        services: [{ type: "redis", port, status: "protected" }],
      });
    });
  });

  test("is ended by a signal", async () => {
    const fake = fakeIo({
      script: () => {
        fake.interrupt("SIGTERM");
        return [];
      },
    });
    expect(await run(["check", "1"], fake.io)).toBe(143);
    expect(fake.listening()).toBe(0);
  });

  test("tells a mistake before anything is looked at", async () => {
    const { code, stderr, options } = await check(["redis"]);
    expect({ code, stderr, options }).toEqual({
      code: 2,
      stderr:
        "discover: redis (argument 1): a type, not a port — did you mean 'discover check 6379 redis'?\n",
      options: [],
    });
  });
});
