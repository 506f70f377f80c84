import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { run } from "../../src/cli/run.ts";
import { REPORT_SCHEMA } from "../../src/output/schema/report-schema.ts";
import { closedPort, during, handles, handlesBackTo, serve } from "../net/peers.ts";
import { WELL, standIn } from "../servers/agents.ts";
import { ended, start } from "./built.ts";
import { documentBy } from "./by-schema.ts";
import { type FakeOptions, discover, fakeIo } from "./fake-io.ts";

let cwd = "";
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sonde-report-"));
});
afterAll(() => rm(cwd, { recursive: true }));

/** A file with such members, and its name. */
async function fileWith(name: string, members: object): Promise<string> {
  await writeFile(join(cwd, name), JSON.stringify(members));
  return name;
}

const report = (argv: readonly string[], given: FakeOptions = {}) =>
  discover(["report", ...argv], { cwd, ...given });

describe("discover report", () => {
  test("goes by the defaults where there is no file, and says so where one was named", async () => {
    const [quiet, named] = [
      await report(["--output=json"]),
      await report(["--servers=none.json", "--output=json"]),
    ];
    expect(JSON.parse(quiet.stdout)).toMatchObject({
      file: null,
      local: { host: "localhost", maxAgents: 10 },
    });
    expect(quiet.stderr).toBe("");
    expect(named.stderr).toBe("none.json is not there: the defaults hold\n");
  });

  test("finds its file by flag, environment and name", async () => {
    const basePort = await closedPort();
    const file = await fileWith("mine.json", { base_port: basePort });
    for (const [argv, env] of [
      [[`--servers=${file}`], {}],
      [[], { DISCOVERY_SERVERS: file }],
    ] as const) {
      const { code, stdout } = await report([...argv, "--output=json"], { env });
      expect(code).toBe(0);
      expect(documentBy(REPORT_SCHEMA, stdout)).toMatchObject({
        file,
        ok: true,
        local: { status: "ready", port: basePort, directory: cwd },
      });
    }
  });

  test("is text, coloured on a terminal and nowhere else", async () => {
    const file = await fileWith("text.json", { base_port: await closedPort() });
    const plain = await report([`--servers=${file}`]);
    expect(plain.stdout).toContain("  ✓ localhost:");
    expect(plain.stdout).not.toContain("\u001b");
    const colored = await report([`--servers=${file}`], { terminals: ["stdout"] });
    expect(colored.stdout).toContain("\u001b[32m✓\u001b[0m localhost:");
    const bare = await report([`--servers=${file}`, "--no-color"], { terminals: ["stdout"] });
    expect(bare.stdout).not.toContain("\u001b");
  });

  test("exits with 1 where the local server cannot be started, with its message and remedies", async () => {
    await during(
      serve(() => {}),
      async ({ port }) => {
        const file = await fileWith("taken.json", { base_port: port, auto_discover_port: false });
        const { code, stdout } = await report([`--servers=${file}`]);
        expect(code).toBe(1);
        expect(stdout).toContain(`    Port ${port} is already in use and auto-discovery is disabled\n`);
        expect(stdout).toContain('    → set "auto_discover_port": true\n');
      },
    );
  });

  test("does not fail for what remote servers do", async () => {
    const [basePort, dead] = [await closedPort(), await closedPort()];
    await during(standIn(WELL), async ({ port }) => {
      const remote_servers = [
        { name: "gpu", host: "127.0.0.1", port, description: "A\u001b[31m100" },
        { name: "dead", host: "127.0.0.1", port: dead },
      ];
      const file = await fileWith("remotes.json", { base_port: basePort, remote_servers });
      const { code, stdout } = await report([`--servers=${file}`]);
      expect(code).toBe(0);
      expect(stdout).toContain(`  ● gpu 127.0.0.1:${port}\n    running: sonde agent 1.2.3\n`);
      expect(stdout).toContain("    agents: embedder on 8101\n    A\\x1b[31m100\n");
      expect(stdout).toContain(`  ○ dead 127.0.0.1:${dead}\n    registered, not running: connection refused`);
    });
  });

  test("prints nothing with --quiet, and each remote server with --debug", async () => {
    const remote_servers = [{ name: "off", host: "h", port: 1, enabled: false }];
    const file = await fileWith("quiet.json", { base_port: await closedPort(), remote_servers });
    const { code, stdout, stderr } = await report([`--servers=${file}`, "--quiet", "--debug"]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "",
      stderr: "debug: off: disabled: disabled: it was not asked\n",
    });
  });

  test("tells what is wrong with its file, and exits with 2", async () => {
    const file = await fileWith("bad.json", { base_prot: 1 });
    expect(await report([`--servers=${file}`])).toMatchObject({
      code: 2,
      stdout: "",
      stderr:
        "discover: bad.json line 1, column 2: base_prot: there is no such member — did you mean 'base_port'?\n",
    });
    expect(await report(["gpu"])).toMatchObject({
      code: 2,
      stderr:
        "discover: 'discover report' takes no arguments, not gpu; for a host of that name: discover -- report\n",
    });
    expect(await report(["--output=yaml"])).toMatchObject({ code: 2 });
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("is ended by %s while a server keeps silent", async (signal, code) => {
    const before = handles();
    const fake = fakeIo({ cwd });
    const mute = serve(() => fake.interrupt(signal));
    await during(mute, async ({ port }) => {
      const remote_servers = [{ name: "mute", host: "127.0.0.1", port }];
      const file = await fileWith("mute.json", { base_port: await closedPort(), remote_servers });
      expect(await run(["report", `--servers=${file}`], fake.io)).toBe(code);
    });
    expect(fake.listening()).toBe(0);
    await handlesBackTo(before);
  });

  test("is what the built command does, too", async () => {
    await during(standIn(WELL), async ({ port }) => {
      const remote_servers = [{ name: "gpu", host: "localhost", port }];
      await fileWith("sonde.servers.json", { base_port: await closedPort(), remote_servers });
      const { code, stdout, stderr } = await ended(start(["report", "--output=json"], { cwd }));
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(documentBy(REPORT_SCHEMA, stdout)).toMatchObject({
        file: "sonde.servers.json",
        remotes: [{ name: "gpu", status: "running", agents: WELL.agents }],
      });
    });
  });
});
