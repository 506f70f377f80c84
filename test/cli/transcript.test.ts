import { cp, mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { ended, start } from "./built.ts";

/**
 * Each file: `$ NAME=value discover words`, then what comes to standard output, standard error (`! `) and the exit. Where a
 * folder has its name, without the `.txt`, that is copied, and is the working directory of its commands, which run one after
 * the other and have a home of their own; that is shown as `~`. All others run at once, in an empty one.
 */
const FOLDER = new URL("../../fixtures/cli/", import.meta.url);

let root = "";
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "sonde-transcript-")));
  await mkdir(join(root, "empty"));
});
afterAll(() => rm(root, { recursive: true }));

interface Place {
  readonly cwd: string;
  readonly home?: string;
}

async function transcript(line: string, { cwd, home }: Place): Promise<string> {
  const words = line.slice("$ ".length).split(" ");
  const at = words.indexOf("discover");
  const own = home === undefined ? {} : { HOME: home };
  const env = { ...own, ...Object.fromEntries(words.slice(0, at).map((word) => word.split("=", 2))) };
  const child = start(words.slice(at + 1), { cwd, env });
  child.stdin.end();
  const { code, stdout, stderr } = await ended(child);
  const errors = stderr.replaceAll(/^(?=.)/gm, "! ");
  const said = `${stdout}${errors}`.replaceAll(home ?? "\0", "~");
  return `${line}\n${said}[exit ${code}]\n`;
}

async function inTurn(lines: readonly string[], place: Place): Promise<string[]> {
  const told: string[] = [];
  for (const line of lines) told.push(await transcript(line, place));
  return told;
}

async function all(name: string, lines: readonly string[]): Promise<string[]> {
  if (!folders.has(name))
    return Promise.all(lines.map((line) => transcript(line, { cwd: join(root, "empty") })));
  const place = { cwd: join(root, name), home: join(root, `${name}.home`) };
  await cp(new URL(name, FOLDER), place.cwd, { recursive: true });
  await mkdir(place.home);
  return inTurn(lines, place);
}

const entries = await readdir(FOLDER, { withFileTypes: true });
const names = entries.filter((entry) => entry.name.endsWith(".txt")).map((entry) => entry.name);
const folders = new Set(entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name));

test("there are transcripts", () => {
  expect(names.length).toBeGreaterThan(0);
});

test("every folder is a transcript's", () => {
  expect(names).toEqual(expect.arrayContaining(Array.from(folders, (name) => `${name}.txt`)));
});

// To write them anew after a change that is meant: UPDATE_TRANSCRIPTS=1 npx vitest run --project cli transcript
test.each(names)("%s is what happens", async (name) => {
  const file = new URL(name, FOLDER);
  const text = await readFile(file, "utf8");
  const commands = text.split("\n").filter((line) => line.startsWith("$ "));
  expect(commands.length).toBeGreaterThan(0);
  const now = (await all(name.slice(0, -".txt".length), commands)).join("\n");
  if (process.env["UPDATE_TRANSCRIPTS"] === "1") await writeFile(file, now);
  else expect(now).toBe(text);
});
