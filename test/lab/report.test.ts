import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { StartupReport } from "../../src/model/servers.ts";
import { type Finished, MAIN, ended, start } from "../cli/built.ts";
import { WELL } from "../servers/agents.ts";
import { run } from "./command.ts";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";
import { listening } from "./listening.js";
import { unprivileged } from "./unprivileged.ts";

let lab: Lab;
let cwd = "";
beforeAll(async () => {
  lab = await createLab({ hosts: 3 });
  cwd = await mkdtemp(join(tmpdir(), "sonde-lab-report-"));
});
afterAll(async () => {
  await lab?.close();
  await rm(cwd, { recursive: true, force: true });
});

/** The built command, by a file with such members. */
async function report(members: object, ...argv: string[]): Promise<Finished> {
  await writeFile(join(cwd, "sonde.servers.json"), JSON.stringify(members));
  return ended(start(["report", ...argv], { cwd }));
}

/** While somebody has so many ports from 8100 on. */
async function whileTaken<T>(count: number, act: () => Promise<T>): Promise<T> {
  const ports = Array.from({ length: count }, (_, at) => 8_100 + at);
  const servers = await Promise.all(
    ports.map((port) =>
      listening(
        createServer((s) => s.end()),
        { port },
      ),
    ),
  );
  try {
    return await act();
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

function at(name: string, host: string, port = 8_100) {
  return { name, host, port };
}

describe("the local server in a startup report", () => {
  test("is ready at 8100 where that is free", async () => {
    const { code, stdout } = await report({});
    expect(code).toBe(0);
    expect(stdout).toContain("  ✓ localhost:8100 ready\n");
  });

  test("gets 8101 where 8100 is taken, and that is said", async () => {
    await whileTaken(1, async () => {
      const { code, stdout } = await report({});
      expect(code).toBe(0);
      expect(stdout).toContain("  ✓ localhost:8101 ready\n    Port 8100 is already in use by process ");
      expect(JSON.parse((await report({}, "--output=json")).stdout)).toMatchObject({
        ok: true,
        local: { status: "ready", port: 8101, error: null },
      });
    });
  });

  test("is refused, with the very words, where 8100 is taken and no other will do", async () => {
    await whileTaken(1, async () => {
      const { code, stdout } = await report({ auto_discover_port: false });
      expect(code).toBe(1);
      expect(stdout).toContain(
        "\n    Port 8100 is already in use and auto-discovery is disabled\n    → end what",
      );
      expect(stdout).toContain('    → set "base_port" to 8101, which is free\n');
    });
  });

  test("gets the last of a hundred, and is refused where all are taken", async () => {
    await whileTaken(99, async () => {
      expect((await report({})).stdout).toContain("  ✓ localhost:8199 ready\n");
    });
    await whileTaken(100, async () => {
      const { code, stdout } = await report({});
      expect(code).toBe(1);
      expect(stdout).toContain("\n    No available ports found starting from 8100\n");
    });
  });

  test("is refused where a user without rights may not do what it needs", async () => {
    const open = join(cwd, "open");
    const shut = join(open, "shut");
    await mkdir(shut, { recursive: true });
    await chmod(cwd, 0o755);
    await chmod(shut, 0o555);
    const file = join(open, "servers.json");
    const seen = async (members: object): Promise<unknown> => {
      await writeFile(file, JSON.stringify(members));
      await chmod(file, 0o644);
      // Exit status 1 is what is meant here.
      const command = ["bash", "-c", '"$@" || [ $? = 1 ]', "bash", process.execPath, MAIN];
      const text = await run(unprivileged([...command, "report", `--servers=${file}`, "--output=json"]));
      const { local }: StartupReport = JSON.parse(text);
      return local.error;
    };
    expect(await seen({ agents_directory: "shut" })).toBe(
      `The agents directory ${shut} cannot be written to by this user`,
    );
    await chmod(shut, 0o333);
    expect(await seen({ agents_directory: "shut" })).toBe(
      `The agents directory ${shut} cannot be read by this user`,
    );
    expect(await seen({ base_port: 80, auto_discover_port: false })).toBe(
      "Port 80 may not be listened on by this user",
    );
    await chmod(shut, 0o755);
  });
});

describe("remote servers in a startup report", () => {
  test("are told apart: running, not running, silent, something else, not there", async () => {
    const [agent, silent, other] = [lab.host(1), lab.host(2), lab.host(3)];
    const page = { name: "status", path: "/status", body: JSON.stringify(WELL), expect: {} };
    const services = await Promise.all([
      agent.httpStandIn([page], { port: 8_100 }),
      other.redis({ port: 8_100 }),
    ]);
    try {
      await silent.drop(8_100);
      const remote_servers = [
        at("agent", "10.99.0.11"),
        at("refused", "10.99.0.11", 8_101),
        at("silent", "10.99.0.12"),
        at("redis", "10.99.0.13"),
        at("nobody", "10.99.0.77"),
        at("nowhere", "192.0.2.1"),
        { ...at("off", "10.99.0.12"), enabled: false },
      ];
      const { code, stdout } = await report({ remote_servers }, "--output=json");
      expect(code).toBe(0);
      const { remotes }: StartupReport = JSON.parse(stdout);
      expect(remotes.map(({ name, status, summary }) => [name, status, summary])).toEqual([
        ["agent", "running", "sonde agent 1.2.3"],
        ["refused", "registered_not_running", "connection refused: nothing listens there"],
        ["silent", "error", "no answer within 2.0 s"],
        ["redis", "error", expect.stringMatching(/^something else (?:answers|is there): /)],
        ["nobody", "error", "no answer within 2.0 s"],
        ["nowhere", "error", "no way there: the host is down, or there is no route to it"],
        ["off", "disabled", "disabled: it was not asked"],
      ]);
      expect(remotes[0]?.agents).toEqual(WELL.agents);
    } finally {
      await silent.heal();
      await Promise.all(services.map((service) => service.stop()));
    }
  });
});
