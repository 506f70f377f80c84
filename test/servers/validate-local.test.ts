import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { triesFor } from "../../src/servers/free-port.ts";
import { validateLocalServer } from "../../src/servers/validate-local.ts";
import { closedPort, during, handles, handlesBackTo, serve } from "../net/peers.ts";
import { configOf, inFolder } from "./config.ts";

const linux = process.platform === "linux";
/** This very process, as remedies name it. */
const SELF = linux ? `process [^,]+, pid ${process.pid}` : ".*";

describe("the local server", () => {
  test("can be started where its port is free and its directory is there", async () => {
    const basePort = await closedPort();
    const before = handles();
    await inFolder(async (folder) => {
      expect(await validateLocalServer(configOf({ basePort }), { folder })).toEqual({
        ok: true,
        error: null,
        port: basePort,
        remedies: [],
        note: null,
      });
    });
    await handlesBackTo(before);
  });

  test("is refused where the file says that there is to be none", async () => {
    expect(await validateLocalServer(configOf({ enabled: false }))).toEqual({
      ok: false,
      error: "The local server is disabled",
      port: null,
      remedies: ['set "enabled": true'],
      note: null,
    });
  });

  test("takes the next port, and says so, where it may", async () => {
    await during(
      serve(() => {}),
      async ({ port }) => {
        const { ok, error, port: found, note } = await validateLocalServer(configOf({ basePort: port }));
        expect({ ok, error }).toEqual({ ok: true, error: null });
        expect(found).toBeGreaterThan(port);
        expect(found).toBeLessThan(port + triesFor({ autoDiscoverPort: true }));
        expect(note).toMatch(
          new RegExp(`^Port ${port} is already in use by ${SELF}: ${found} is the next that is free$`),
        );
      },
    );
  });

  test("is refused where its port is taken and no other will do", async () => {
    await during(
      serve(() => {}),
      async ({ port }) => {
        const config = configOf({ basePort: port, autoDiscoverPort: false });
        const { remedies, ...rest } = await validateLocalServer(config);
        expect(rest).toEqual({
          ok: false,
          error: `Port ${port} is already in use and auto-discovery is disabled`,
          port: null,
          note: null,
        });
        const [end, auto, other] = remedies;
        expect(end).toMatch(new RegExp(`^end what has port ${port}: ${SELF}$`));
        expect(auto).toBe('set "auto_discover_port": true');
        expect(Number(/^set "base_port" to (\d+), which is free$/.exec(other ?? "")?.[1])).toBeGreaterThan(
          port,
        );
      },
    );
  });

  test("is refused where all ports from its own on are taken", async () => {
    // From the last one on there is one: the whole hundred is taken in the lab's test.
    await during(
      serve(() => {}, { port: 65_535 }),
      async () => {
        expect(await validateLocalServer(configOf({ basePort: 65_535 }))).toMatchObject({
          ok: false,
          error: "No available ports found starting from 65535",
          port: null,
          remedies: [expect.stringMatching(/^set "base_port" to /), expect.stringMatching(/^end what has /)],
        });
      },
    );
  });

  test.runIf(linux)("is tried on the address that it will listen on, and no other", async () => {
    await during(
      serve(() => {}, { host: "127.0.0.2" }),
      async ({ port }) => {
        for (const [host, isFree] of [
          ["127.0.0.1", true],
          ["localhost", true],
          ["127.0.0.2", false],
          ["0.0.0.0", false],
          ["::", false],
        ] as const) {
          const { ok } = await validateLocalServer(
            configOf({ host, basePort: port, autoDiscoverPort: false }),
          );
          expect({ host, ok }).toEqual({ host, ok: isFree });
        }
      },
    );
  });

  test("is refused at an address that is not this machine's, and at a name that nobody knows", async () => {
    expect(await validateLocalServer(configOf({ host: "192.0.2.1" }))).toMatchObject({
      ok: false,
      error: "192.0.2.1 is not an address of this machine",
      remedies: ['set "host" to "localhost" or an address of this machine'],
    });
  });

  test.each([
    ["none", "does not exist", "make it: mkdir -p "],
    ["file", "is not a directory", 'set "agents_directory"'],
    ["file/deeper", "cannot be used: part of the path is not a directory", 'set "agents_directory"'],
  ])("is refused where its directory %s %s", async (name, why, remedy) => {
    const basePort = await closedPort();
    await inFolder(async (folder) => {
      await writeFile(join(folder, "file"), "");
      const config = configOf({ basePort, agentsDirectory: name });
      const found = await validateLocalServer(config, { folder });
      expect(found).toMatchObject({
        ok: false,
        error: `The agents directory ${join(folder, name)} ${why}`,
        port: basePort,
      });
      expect(found.remedies[0]?.startsWith(remedy)).toBe(true);
    });
  });

  // Root may do anything.
  test.runIf(process.getuid?.() !== 0)("is refused where its directory is not this user's", async () => {
    const basePort = await closedPort();
    await inFolder(async (folder) => {
      const agentsDirectory = join(folder, "agents");
      await mkdir(agentsDirectory);
      for (const [mode, why] of [
        [0o500, "cannot be written to by this user"],
        [0o300, "cannot be read by this user"],
      ] as const) {
        await chmod(agentsDirectory, mode);
        const { ok, error } = await validateLocalServer(configOf({ basePort, agentsDirectory }));
        expect({ ok, error }).toEqual({ ok: false, error: `The agents directory ${agentsDirectory} ${why}` });
      }
      await chmod(agentsDirectory, 0o700);
    });
  });

  test("is not looked at any more when its signal fires", async () => {
    const gone = AbortSignal.abort(new Error("gone"));
    await expect(validateLocalServer(configOf(), { signal: gone })).rejects.toThrow("gone");
  });
});
