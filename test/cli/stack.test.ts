import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import { afterEach, describe, expect, test } from "vitest";

import { run } from "../../src/cli/run.ts";
import { Project, SERVER } from "../lab/project.ts";
import { MAIN, ended, start } from "./built.ts";
import { discover, fakeIo, finished, inventory, service } from "./fake-io.ts";

const made: Project[] = [];
afterEach(async () => {
  for (const project of made.splice(0)) {
    await project.discover("down", "services.yaml");
    rmSync(project.folder, { recursive: true, force: true });
  }
});

function projectOf(stack: string): Project {
  const project = new Project(stack);
  made.push(project);
  return project;
}

/** Scans nothing but what the stack names, so that what else this machine runs does not matter. */
const ALONE = ["--ports=1", "--no-cache"];

/** A stack of one server of ours, on the first port that is free from 27100 on. */
function stackOf(flags: readonly string[] = [], more = "", timeout = "20s"): string {
  const command = ["node", SERVER, "--port", "${port}", ...flags].map((word) => JSON.stringify(word));
  return `services:
  api:
    placement: local
    type: http
    ports: { from: 27100 }
    health: { http: /health, timeout: ${timeout} }
    start: { command: [${command.join(", ")}] }
${more}`;
}

const firstLine = (text: string): string => text.split("\n")[0] ?? "";

describe("discover boot", () => {
  test("says which service it starts, and a second one starts nothing", async () => {
    const project = projectOf(stackOf());
    const first = await project.discover("boot", ...ALONE);
    expect(first).toMatchObject({ code: 0 });
    expect(first.stderr).toMatch(/^starting api: pid \d+; port \d+; .*log .*api-1\.log\n$/);
    expect(first.stdout).toMatch(
      /^✓ started {2}api {2}127\.0\.0\.1:\d+ {2}pid \d+; .*GET \/health answered 200/,
    );
    const second = await project.discover("boot", ...ALONE);
    expect(second).toMatchObject({ code: 0, stderr: "" });
    expect(second.stdout).toMatch(/^✓ adopted {2}api .* started by an earlier boot, pid \d+/);
    const down = await project.discover("down");
    expect(down.code).toBe(0);
    expect(down.stderr).toMatch(/^stopping api: pid \d+\n$/);
    expect(down.stdout).toMatch(/^✓ stopped {2}api {2}pid \d+ ended\n$/);
  });

  test.each([
    ["no such program", '["no-such-program-of-ours"]', /no program 'no-such-program-of-ours' in PATH/],
    ["a folder", '["/"]', /\/ is no program that can be run/],
    ["a file that may not be run", '["./services.yaml"]', /services\.yaml is no program that can be run/],
  ])("fails where the command is %s, with what to do about it", async (_what, command, said) => {
    const stack = `services: { api: { placement: local, type: http, ports: { from: 27100 }, start: { command: ${command} } } }\n`;
    const { code, stdout } = await projectOf(stack).discover("boot", ...ALONE);
    expect(code).toBe(1);
    expect(stdout).toMatch(said);
    expect(stdout).toMatch(/ {2}→ .*start\.command/);
  });

  test("fails where its working directory is not there", async () => {
    const stack = `services: { api: { placement: local, type: http, ports: { from: 27100 }, start: { command: [node, x], cwd: nowhere } } }\n`;
    const { code, stdout } = await projectOf(stack).discover("boot", ...ALONE);
    expect(code).toBe(1);
    expect(stdout).toMatch(/there is no folder .*nowhere to start it in/);
  });

  test("shows the end of the log of what exits at once", async () => {
    const more = [
      "--exit-after",
      "0",
      "--code",
      "7",
      "--log-line",
      "no \u001b[31mdatabase",
      "--never-listen",
    ];
    const { code, stdout, stderr } = await projectOf(stackOf(more)).discover("boot", ...ALONE);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ failed {2}api .*exited with status 7/);
    expect(stdout).toContain("  | no \\x1b[31mdatabase");
    expect(stdout + stderr).not.toContain("\u001b");
    expect(stderr).toContain("\nstopping api: api failed\n");
  });

  test("gives up on what does not get healthy, and stops it again", async () => {
    const project = projectOf(stackOf(["--health-after", "600000"], "", "300ms"));
    const { code, stdout } = await project.discover("boot", ...ALONE);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ failed {2}api .*not well within 0\.3 s: /);
    expect((await project.discover("down")).stdout).toBe("nothing that discover boot started runs\n");
  });

  test("starts nothing in a dry run, and finds nothing amiss in that", async () => {
    const project = projectOf(stackOf());
    const { code, stdout, stderr } = await project.discover("boot", "--dry-run", ...ALONE);
    expect({ code, stderr }).toEqual({ code: 4, stderr: "" });
    expect(stdout).toMatch(
      /^○ skipped {2}api {2}localhost {2}it would be started\n\n1 service: 1 skipped, .*dry run/,
    );
  });

  test.each(["SIGINT", "SIGTERM"] as const)("puts things in order when it gets %s", async (signal) => {
    const project = projectOf(stackOf(["--health-after", "600000"]));
    const child = project.begin("boot", ...ALONE);
    const done = ended(child);
    await new Promise<void>((resolve) => {
      child.stderr.on("data", (text: Buffer) => text.includes("starting api") && resolve());
    });
    child.kill(signal);
    const { code, stdout, stderr } = await done;
    expect(code).toBe(signal === "SIGINT" ? 130 : 143);
    expect(stderr).toContain(
      "interrupted: putting things in order\nstopping api: the boot was interrupted\n",
    );
    expect(stdout).toContain("○ skipped  api");
    expect((await project.discover("down")).stdout).toBe("nothing that discover boot started runs\n");
  });

  test("carries out a saved plan, and refuses it when it is out of date", async () => {
    const project = projectOf(stackOf());
    expect((await project.discover("plan", "--save=plan.json", "--save=plan.yaml", ...ALONE)).code).toBe(4);
    expect((await project.discover("boot", "--plan=plan.yaml", ...ALONE)).code).toBe(0);
    const again = await project.discover("boot", "--plan=plan.json", ...ALONE);
    expect(again).toMatchObject({ code: 2, stdout: "" });
    expect(again.stderr).toMatch(
      /^discover: plan plan\.json is out of date, .*: api was start and is nothing/,
    );
    project.write("services.yaml", `${stackOf()}# edited\n`);
    const edited = await project.discover("boot", "--plan=plan.json", ...ALONE);
    expect(edited.stderr).toMatch(
      /^discover: plan plan\.json was made for another services\.yaml, or that has been edited/,
    );
  });
});

describe("discover down", () => {
  test("says what it waits for when it is interrupted, and leaves at once the second time", async () => {
    const project = projectOf(stackOf(["--ignore-term"]));
    expect((await project.discover("boot", ...ALONE)).code).toBe(0);
    const child = project.begin("down");
    const done = ended(child);
    let said = "";
    child.stderr.on("data", (text: Buffer) => {
      const before = said;
      said += text.toString();
      if (!before.includes("stopping") && said.includes("stopping")) child.kill("SIGINT");
      if (!before.includes("interrupted") && said.includes("interrupted")) child.kill("SIGINT");
    });
    const { code, stderr } = await done;
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted: what was told to end is waited for; once more leaves at once\n");
    const report = await project.json("down");
    expect(report.document).toMatchObject({ ok: true, services: [{ service: "api", status: "stopped" }] });
  }, 40_000);

  test("tells that the stack file is not there where it stops nothing", async () => {
    const { code, stdout, stderr } = await projectOf(stackOf()).discover("down", "servises.yaml");
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: "",
      stderr: "discover: servises.yaml is not there, and nothing was started from it\n",
    });
  });
});

describe("where nothing can be remembered", () => {
  /** Where nobody may make a folder, whoever they are; /proc says that it is not there. */
  test.each([
    ["boot", "/sys"],
    ["down", "/sys"],
    ["boot", "/proc/none"],
    ["down", "/proc/none"],
  ])("%s in %s says so, and names the way out", async (command, place) => {
    const project = projectOf(stackOf());
    const words = [command, "services.yaml", ...(command === "boot" ? ALONE : [])];
    const child = start(words, { cwd: project.folder, env: { XDG_STATE_HOME: place } });
    // It may be deaf to all other signals.
    const deadline = setTimeout(() => child.kill("SIGKILL"), 20_000);
    const { code, stdout, stderr } = await ended(child).finally(() => clearTimeout(deadline));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`discover: what is started cannot be remembered in ${place}/sonde: `);
    expect(stderr).toContain("; XDG_STATE_HOME names another folder\n");
  });

  test.each(["plan", "boot", "down"])(
    "%s without a home says so, and writes nothing here",
    async (command) => {
      const project = projectOf(stackOf());
      const { code, stderr } = await discover([command], { cwd: project.folder, home: "" });
      expect(code).toBe(2);
      expect(stderr).toBe(
        "discover: there is no home folder, and so no place to remember what was started: set XDG_STATE_HOME to a folder\n",
      );
      expect(readdirSync(project.folder).toSorted()).toEqual([".home", "services.yaml"]);
    },
  );
});

/** What the command says in a folder that was taken away under its feet, and its exit status. */
function inGone(words: string): string {
  const project = projectOf(stackOf());
  mkdirSync(`${project.folder}/gone`);
  const script = `cd "$0/gone" && rmdir "$0/gone" && { "$1" "$2" ${words} 2>&1; echo "exit $?"; }`;
  return execFileSync("sh", ["-c", script, project.folder, process.execPath, MAIN], { encoding: "utf8" });
}

describe("a working directory that is gone", () => {
  test.each(["plan", "boot", "report", "servers"])("is said by %s in one line", (command) => {
    expect(inGone(command)).toMatch(
      /^discover: the working directory is gone: change to one that is there\nexit 2\n$/m,
    );
  });

  test("keeps nobody from help", () => {
    expect(inGone("plan --help")).toContain("Usage: discover plan");
  });
});

describe("discover plan", () => {
  const here = service("redis", { id: "redis@127.0.0.1:6379", port: 6379, version: "7.0.15" });
  const script = () => [finished(inventory([here]))];

  test.each([
    ["nothing", "services: { redis: discovered }", 0],
    ["changes", "services: { api: { placement: local, type: http, start: { command: [node] } } }", 4],
    ["blocked", "services: { memcached: discovered }", 1],
    ["unknown", "services: { redis: remote@no-such-host.invalid }", 3],
  ])("comes to %s, which its status says", async (verdict, stack, code) => {
    const project = projectOf(`${stack}\n`);
    const given = { cwd: project.folder, script };
    const plan = await discover(["plan", "--output=json", "--no-cache"], given);
    expect(JSON.parse(plan.stdout)).toMatchObject({ schemaVersion: 1, verdict, stack: "services.yaml" });
    expect(plan.code).toBe(code);
    const yaml = await discover(["plan", "--output=yaml", "--no-cache"], given);
    expect(yaml.stdout).toContain(`\nverdict: ${verdict}\n`);
    const name = /\{ (\w+):/.exec(stack)?.[1] ?? "";
    const explained = await discover(["explain", name, "--no-cache"], given);
    expect(explained.code).toBe(code);
    expect(firstLine(explained.stdout)).toMatch(new RegExp(`^${name}: \\w+$`));
  });

  test("takes a file that is named twice for one, and none for an empty name", async () => {
    const project = projectOf("services: { redis: discovered }\n");
    const given = { cwd: project.folder, script };
    expect(
      await discover(["plan", "services.yaml", "-f", "services.yaml", "--no-cache"], given),
    ).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(await discover(["plan", ""], given)).toMatchObject({
      code: 2,
      stderr: "discover: discover plan: the name of the stack file is empty\n",
    });
  });

  test("saves nothing where the run is interrupted", async () => {
    const project = projectOf("services: { redis: discovered }\n");
    const fake = fakeIo({
      cwd: project.folder,
      script: async function* () {
        fake.interrupt("SIGINT");
        await pause(0);
        yield finished(inventory([here]));
      },
    });
    const code = await run(["plan", "--save=plan.json", "--no-cache"], fake.io);
    expect(fake.outcome(code)).toMatchObject({
      code: 130,
      stdout: "",
      stderr: "interrupted: putting things in order\n",
    });
    expect(readdirSync(project.folder)).not.toContain("plan.json");
    expect(fake.listening()).toBe(0);
  });

  test.each([79, 40])("fits a terminal of %d columns", async (columns) => {
    const project = projectOf(stackOf());
    const fake = fakeIo({ cwd: project.folder, terminals: ["stdout"], script });
    const stdout = { ...fake.io.stdout, columns };
    const code = await run(["boot", "--dry-run", "--no-color", "--no-cache"], { ...fake.io, stdout });
    expect(code).toBe(4);
    const lines = fake.outcome(code).stdout.split("\n");
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    expect(lines[0]).toMatch(/^○ skipped {2}api/);
  });
});
