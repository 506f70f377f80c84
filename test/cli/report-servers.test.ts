import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { SERVERS_DEFAULTS } from "../../src/model/servers.ts";
import { membersOf } from "../../src/servers/members.ts";
import { ended, start } from "./built.ts";
import { type Outcome, discover } from "./fake-io.ts";

const FILE = "sonde.servers.json";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sonde-servers-"));
});
afterEach(() => rm(cwd, { recursive: true }));

const servers = (...argv: string[]): Promise<Outcome> => discover(["servers", ...argv], { cwd });
const written = async (): Promise<unknown> => JSON.parse(await readFile(join(cwd, FILE), "utf8"));

describe("discover servers", () => {
  test("writes the defaults to a new file, and never over one", async () => {
    expect(await servers("init")).toMatchObject({
      code: 0,
      stdout: `${FILE}: written with the defaults\n`,
      stderr: "",
    });
    expect(await written()).toEqual(membersOf(SERVERS_DEFAULTS));
    expect(await servers("init")).toMatchObject({
      code: 2,
      stderr: `discover: ${FILE} is there already, and is not overwritten; 'discover servers' shows it\n`,
    });
    expect(await readdir(cwd)).toEqual([FILE]);
  });

  test("registers, switches off and on, and forgets", async () => {
    expect(await servers("add", "gpu", "gpu.example:8100", "A100")).toMatchObject({
      code: 0,
      stdout: `${FILE}: gpu added, gpu.example:8100\n`,
    });
    expect(await servers("add", "six", "[2001:db8::1]:81")).toMatchObject({ code: 0 });
    const gpu = { name: "gpu", host: "gpu.example", port: 8100, enabled: true, description: "A100" };
    const six = { name: "six", host: "2001:db8::1", port: 81, enabled: true, description: "" };
    expect(await written()).toMatchObject({ base_port: 8100, remote_servers: [gpu, six] });
    expect(await servers("disable", "gpu")).toMatchObject({ stdout: `${FILE}: gpu disabled\n` });
    expect(await servers("disable", "gpu")).toMatchObject({
      code: 0,
      stdout: `${FILE}: gpu is disabled already\n`,
    });
    expect((await servers()).stdout).toBe(
      [
        "SERVER  ADDRESS           ENABLED  DESCRIPTION",
        "gpu     gpu.example:8100  no       A100",
        "six     [2001:db8::1]:81  yes",
        "",
      ].join("\n"),
    );
    expect(await servers("enable", "gpu")).toMatchObject({ stdout: `${FILE}: gpu enabled\n` });
    expect(await servers("remove", "gpu")).toMatchObject({ stdout: `${FILE}: gpu removed\n` });
    expect(await written()).toMatchObject({ remote_servers: [six] });
  });

  test("shows what holds, as the file would have it", async () => {
    expect(await servers("list")).toMatchObject({ code: 0, stdout: "no server is registered\n" });
    const { stdout } = await servers("--output=json");
    expect(JSON.parse(stdout)).toEqual(membersOf(SERVERS_DEFAULTS));
    expect(await readdir(cwd)).toEqual([]);
  });

  test.each([
    [["lsit"], "lsit (argument 1): no such action — did you mean 'list'?"],
    [["list", "all"], "discover servers list: all is too much; discover servers list"],
    [
      ["add", "gpu"],
      "discover servers add: something is missing; discover servers add NAME HOST:PORT [DESCRIPTION]",
    ],
    [["remove"], "discover servers remove: something is missing; discover servers remove NAME"],
    [["add", "gpu", "gpu"], "gpu (argument 3): a place is host:port or :port"],
    [["add", "gpu", ":80"], ":80 (argument 3): it has no host — did you mean 'localhost:80'?"],
    [["add", "gpu", "gpu:99999"], "99999 (argument 3): a port is a number from 1 to 65535"],
    [["add", "", "gpu:1"], `${FILE} cannot be written: remote_servers[1].name: must be a name, not ""`],
    [
      ["add", "db", "gpu:1"],
      "db is registered already, at 10.0.0.5 port 8100: choose another name, or remove it first",
    ],
    [["remove", "bd"], "no server is registered as bd — did you mean 'db'?"],
    [["enable", "nothing"], "no server is registered as nothing; known are db"],
  ])("refuses %j, and leaves the file as it is", async (argv, message) => {
    await servers("add", "db", "10.0.0.5:8100");
    const before = await written();
    expect(await servers(...argv)).toMatchObject({ code: 2, stdout: "", stderr: `discover: ${message}\n` });
    expect(await written()).toEqual(before);
  });

  test("touches no file that it does not understand", async () => {
    await writeFile(join(cwd, FILE), '{"base_port": "x"}');
    const { code, stderr } = await servers("add", "gpu", "gpu:1");
    expect(code).toBe(2);
    expect(stderr).toContain(`${FILE} line 1, column 2: base_port: must be a whole number`);
    expect(await readFile(join(cwd, FILE), "utf8")).toBe('{"base_port": "x"}');
    expect(await readdir(cwd)).toEqual([FILE]);
  });

  test("makes no folder for its file", async () => {
    expect(await servers("init", "--servers=none/x.json")).toMatchObject({
      code: 2,
      stderr: `discover: servers file none/x.json: there is no directory ${join(cwd, "none")}\n`,
    });
    expect(await readdir(cwd)).toEqual([]);
  });

  // Root may write anywhere.
  test.runIf(process.getuid?.() !== 0)("says where it may not write", async () => {
    await mkdir(join(cwd, "shut"));
    await chmod(join(cwd, "shut"), 0o500);
    const { code, stderr } = await servers("init", "--servers=shut/x.json");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "discover: servers file shut/x.json cannot be written: permission denied\n",
    });
  });

  test("loses nothing of what real commands do at once", async () => {
    const names = ["a", "b", "c", "d"];
    const all = await Promise.all(
      names.map((name) => ended(start(["servers", "add", name, `${name}.example:1`, "--quiet"], { cwd }))),
    );
    expect(all.map(({ code, stdout, stderr }) => [code, stdout, stderr])).toEqual(
      names.map(() => [0, "", ""]),
    );
    const { stdout } = await servers("list", "--output=json");
    const { remote_servers: found }: { remote_servers: { name: string }[] } = JSON.parse(stdout);
    expect(found.map(({ name }) => name).toSorted()).toEqual(names);
  });
});
