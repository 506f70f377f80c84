import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { type RemoteServer, SERVERS_DEFAULTS, type ServersConfig } from "../../src/model/servers.ts";
import { membersOf } from "../../src/servers/members.ts";
import { parseServers } from "../../src/servers/parse-servers.ts";
import { readServers, updateServers, writeServers } from "../../src/servers/server-file.ts";
import { NEVER } from "../net/peers.ts";
import { configOf, inFolder, remoteOf } from "./config.ts";

const word = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
  .filter((text) => /^[^\p{C}\p{Z}]+$/u.test(text));
const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom("localhost", "gpu_1", "bücher.example", "fe80::1%eth0"),
);
const port = fc.integer({ min: 1, max: 65_535 });
const remote: fc.Arbitrary<RemoteServer> = fc.record({
  name: word,
  host,
  port,
  enabled: fc.boolean(),
  description: fc.string({ unit: "grapheme" }),
});
const config: fc.Arbitrary<ServersConfig> = fc.record({
  enabled: fc.boolean(),
  host,
  basePort: port,
  maxAgents: fc.integer({ min: 1, max: 10_000 }),
  healthCheckIntervalSeconds: fc.oneof(fc.integer({ min: 1, max: 86_400 }), fc.constant(0.5)),
  restartOnFailure: fc.boolean(),
  maxRestarts: fc.integer({ min: 0, max: 10_000 }),
  autoDiscoverPort: fc.boolean(),
  agentsDirectory: fc.constantFrom(".", "agents", "/srv/agents", "ä b"),
  remoteServers: fc.uniqueArray(remote, { selector: ({ name }) => name, maxLength: 5 }),
});

function refuse(): never {
  throw new Error("no");
}

describe("a registered servers file", () => {
  test("that is not there is the defaults", async () => {
    await inFolder(async (folder) => {
      const found = await readServers(join(folder, "none.json"));
      expect(found).toEqual({ config: SERVERS_DEFAULTS, exists: false, folder });
    });
  });

  test("has the defaults for what it does not say", async () => {
    const text = '\ufeff{"base_port": 9000, "remote_servers": [{"name": "a", "host": "::1", "port": 1}]}';
    expect(await parseServers(text, "x")).toEqual(
      configOf({ basePort: 9_000, remoteServers: [remoteOf(1, { name: "a", host: "::1" })] }),
    );
    expect(await parseServers("{}", "x")).toEqual(SERVERS_DEFAULTS);
  });

  test("holds what the issue says by default", () => {
    expect(membersOf(SERVERS_DEFAULTS)).toMatchObject({
      enabled: true,
      host: "localhost",
      base_port: 8100,
      max_agents: 10,
      health_check_interval: 30,
      restart_on_failure: true,
      max_restarts: 3,
      auto_discover_port: true,
      remote_servers: [],
    });
  });

  test("is read as it was written, whatever was there before", async () => {
    await inFolder(async (folder) => {
      const file = join(folder, "servers.json");
      await fc.assert(
        fc.asyncProperty(config, async (written) => {
          await writeServers(file, written);
          expect((await readServers(file)).config).toEqual(written);
        }),
      );
      // Nothing is left beside it.
      expect(await readdir(folder)).toEqual(["servers.json"]);
    });
  });

  test("keeps the order of its members, and what it left to the defaults", async () => {
    await inFolder(async (folder) => {
      const file = join(folder, "servers.json");
      await writeFile(file, '{"remote_servers": [{"port": 2, "name": "b", "host": "h"}], "enabled": true}');
      const { config } = await readServers(file);
      const more = [remoteOf(1, { name: "a" }), ...config.remoteServers];
      await writeServers(file, { ...config, maxRestarts: 5, remoteServers: more });
      const written: unknown = JSON.parse(await readFile(file, "utf8"));
      expect(JSON.stringify(written)).toBe(
        '{"remote_servers":[{"name":"a","host":"127.0.0.1","port":1,"enabled":true,"description":""},' +
          '{"port":2,"name":"b","host":"h"}],"enabled":true,"max_restarts":5}',
      );
    });
  });

  test("stays a link, and keeps its permissions", async () => {
    await inFolder(async (folder) => {
      const [file, link] = [join(folder, "real.json"), join(folder, "link.json")];
      await writeFile(file, "{}");
      await chmod(file, 0o640);
      await symlink("real.json", link);
      await writeServers(link, configOf({ maxAgents: 2 }));
      expect((await readServers(file)).config.maxAgents).toBe(2);
      expect((await stat(file)).mode & 0o777).toBe(0o640);
      expect((await readdir(folder)).toSorted()).toEqual(["link.json", "real.json"]);
    });
  });

  test("is not written so that it could not be read again", async () => {
    await inFolder(async (folder) => {
      const file = join(folder, "servers.json");
      await expect(writeServers(file, configOf({ basePort: 0 }), "mine")).rejects.toMatchObject({
        code: "bad-setting",
        message: "mine cannot be written: base_port: must be a whole number from 1 to 65535, not 0",
      });
      expect(await readdir(folder)).toEqual([]);
    });
  });

  test("loses no change of two at once", async () => {
    await inFolder(async (folder) => {
      const file = join(folder, "servers.json");
      const add = (port: number): Promise<ServersConfig> =>
        updateServers(
          file,
          ({ config }) => ({ ...config, remoteServers: [...config.remoteServers, remoteOf(port)] }),
          { signal: NEVER },
        );
      const ports = Array.from({ length: 10 }, (_, at) => at + 1);
      await Promise.all(ports.map(add));
      const { remoteServers } = (await readServers(file)).config;
      expect(remoteServers.map((one) => one.port).toSorted((a, b) => a - b)).toEqual(ports);
      expect(await readdir(folder)).toEqual(["servers.json"]);
    });
  });

  test("is left alone where nothing changes, and where the change throws", async () => {
    await inFolder(async (folder) => {
      const file = join(folder, "servers.json");
      await updateServers(file, () => undefined, { signal: NEVER });
      await expect(updateServers(file, refuse, { signal: NEVER })).rejects.toThrow("no");
      expect(await readdir(folder)).toEqual([]);
    });
  });

  test("that is no file is told of, by the name that it was given", async () => {
    await inFolder(async (folder) => {
      await mkdir(join(folder, "dir"));
      await expect(readServers(join(folder, "dir"), { called: "dir" })).rejects.toMatchObject({
        code: "file",
        message: "servers file dir cannot be read: is a directory",
      });
      await expect(writeServers(join(folder, "no/x.json"), configOf(), "no/x.json")).rejects.toMatchObject({
        code: "file",
        message: "servers file no/x.json cannot be written: no such file",
      });
    });
  });
});

describe("what is wrong with a file", () => {
  test.each([
    ["", "x line 1, column 1: the file is empty: at least {} must be in it"],
    ["{", "x line 1, column 2: expected a key in double quotes, found the end"],
    ['{"enabled": yes}', 'x line 1, column 13: "y": no JSON'],
    ["[]", "x line 1, column 1: must be a mapping in braces, not an empty list"],
    [
      '{"base_prot": 1}',
      "x line 1, column 2: base_prot: there is no such member — did you mean 'base_port'?",
    ],
    ['{"zzz": 1}', "x line 1, column 2: zzz: there is no such member"],
    ['{"__proto__": 1}', "x line 1, column 2: __proto__: there is no such member"],
    ['{"enabled": "yes"}', 'x line 1, column 2: enabled: must be true or false, not "yes"'],
    ['{"enabled": null}', "x line 1, column 2: enabled: must be true or false, not null"],
    [
      '{\n  "base_port": 1.5}',
      "x line 2, column 3: base_port: must be a whole number from 1 to 65535, not 1.5",
    ],
    [
      '{"max_restarts": -1}',
      "x line 1, column 2: max_restarts: must be a whole number from 0 to 10000, not -1",
    ],
    [
      '{"health_check_interval": 0}',
      "x line 1, column 2: health_check_interval: must be a number of seconds, more than 0 and at most 86400, not 0",
    ],
    ['{"agents_directory": ""}', 'x line 1, column 2: agents_directory: must be a path, not ""'],
    ['{"remote_servers": {}}', "x line 1, column 2: remote_servers: must be a list, not a mapping"],
    ['{"remote_servers": [7]}', "x line 1, column 21: remote_servers[0]: must be a mapping in braces, not 7"],
    [
      '{"remote_servers": [{"name": "a", "host": "h"}]}',
      "x line 1, column 21: remote_servers[0].port: is missing",
    ],
    [
      '{"remote_servers": [{"name": "a", "host": "h", "prot": 1}]}',
      "x line 1, column 21: remote_servers[0].port: is missing",
    ],
    [
      '{"remote_servers": [\n{"name": "a", "host": "h", "port": 1},\n{"name": "a", "host": "i", "port": 1}]}',
      'x line 3, column 2: remote_servers[1].name: "a" is the name of another server already',
    ],
    [
      '{"host": "http://h:80"}',
      'x line 1, column 2: host: must be a host name or an IP address, without scheme, brackets and port, not "http://h:80"',
    ],
    [
      '{"remote_servers": [{"name": " a", "host": "h", "port": 1}]}',
      'x line 1, column 22: remote_servers[0].name: must be a name, not " a"',
    ],
    ['{"host": "a", "host": "b"}', "x line 1, column 15: host: is given twice"],
  ])("%s", async (text, message) => {
    await expect(parseServers(text, "x")).rejects.toMatchObject({ code: "bad-setting", message });
  });

  test("is told in a line that ends, of a key that hardly does", async () => {
    const text = JSON.stringify({ ["k".repeat(100_000)]: 1 });
    const told = await parseServers(text, "x").then(
      () => "",
      (error: unknown) => (error instanceof Error ? error.message : ""),
    );
    expect(told).toMatch(/^x line 1, column 2: k{400}/);
    expect(told.length).toBeLessThan(600);
  });

  test("is one line that no terminal obeys, whatever is in the file", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 40 }), async (text) => {
        const key = JSON.stringify(text);
        for (const given of [text, `{${key}: 1}`, `{"host": ${key}}`, `{"enabled": ${key}}`]) {
          const message = await parseServers(given, "x").then(
            () => "",
            (error: unknown) => (error instanceof Error ? error.message : "thrown"),
          );
          expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        }
      }),
    );
  });
});
