import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { closedPort } from "../net/peers.ts";
import { type FakeOptions, discover, finished, found, incomplete, inventory, service } from "./fake-io.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sonde-cli-checkpoint-"));
});
afterEach(() => rm(cwd, { recursive: true }));

const redis = service("redis", { product: "Redis", port: 6379 });
const there = [found(redis), finished(inventory([redis]))];
const env = { DISCOVERY_CHECKPOINT: "run.journal" };

/** What the library was asked to keep account in, by each run that came of it. */
async function checkpointsOf(argv: readonly string[], given: FakeOptions): Promise<unknown[]> {
  const { options } = await discover(argv, { cwd, script: () => there, ...given });
  return options.map(({ checkpoint }) => checkpoint);
}

describe("a checkpoint that environment or config file name", () => {
  test("is kept of a scan, and of no command that looks besides", async () => {
    const port = String(await closedPort());
    const commands = [["wait", "127.0.0.1:6379"], ["check", port], ["watch"], ["--test"]];
    await writeFile(join(cwd, "sonde.yaml"), "checkpoint: run.journal\n");
    const places = [{ env }, { env: { DISCOVERY_CONFIG: "sonde.yaml" } }];
    for (const given of places) {
      expect(await checkpointsOf(["10.0.0.1"], given)).toEqual(["run.journal"]);
      for (const argv of commands) {
        const kept = await checkpointsOf(argv, given);
        expect(new Set(kept)).toEqual(new Set([undefined]));
      }
    }
  });
});

describe("a checkpoint in a file that is used otherwise, too", () => {
  test.each([
    ["--save", ["--checkpoint=x.json", "--save=x.json"], "x.json"],
    ["--save", ["--checkpoint=link", "--save=./x.json"], "link"],
    ["--save", ["--checkpoint=nowhere", "--save=new.json"], "nowhere"],
    ["--targets-file", ["--checkpoint=x.json", "--targets-file=x.json"], "x.json"],
    ["--config", ["--checkpoint=link", "--config=x.json"], "link"],
  ])("is refused before the run: %s %j", async (what, argv, shown) => {
    await writeFile(join(cwd, "x.json"), "{}");
    await symlink("x.json", join(cwd, "link"));
    await symlink("new.json", join(cwd, "nowhere"));
    const { code, stderr, options } = await discover(argv, { cwd });
    expect({ code, stderr, options }).toEqual({
      code: 2,
      stderr: `discover: --checkpoint and ${what} name one file, ${shown}: give the checkpoint a file of its own\n`,
      options: [],
    });
    expect(await readFile(join(cwd, "x.json"), "utf8")).toBe("{}");
    expect((await readdir(cwd)).toSorted()).toEqual(["link", "nowhere", "x.json"]);
  });
});

describe("a checkpoint that a run leaves", () => {
  const script = [finished(incomplete(inventory()))];
  const argv = ["10.0.0.1", "--checkpoint=run.journal"];

  test("is told of in a line, unless --quiet", async () => {
    await writeFile(join(cwd, "run.journal"), "");
    const { stderr } = await discover(argv, { cwd, script: () => script });
    expect(stderr).toBe("kept in run.journal: the same command goes on from there\n");
    expect((await discover([...argv, "--quiet"], { cwd, script: () => script })).stderr).toBe("");
  });

  test("is not told of where there is none", async () => {
    expect((await discover(argv, { cwd, script: () => there })).stderr).toBe("");
  });
});
