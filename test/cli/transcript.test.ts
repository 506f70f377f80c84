import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { ended, start } from "./built.ts";

/** Each file: `$ NAME=value discover words`, then what comes to standard output, standard error (`! `) and the exit. */
const FOLDER = new URL("../../fixtures/cli/", import.meta.url);

let cwd = "";
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sonde-transcript-"));
});
afterAll(() => rm(cwd, { recursive: true }));

async function transcript(line: string): Promise<string> {
  const words = line.slice("$ ".length).split(" ");
  const at = words.indexOf("discover");
  const env = Object.fromEntries(words.slice(0, at).map((word) => word.split("=", 2)));
  const child = start(words.slice(at + 1), { cwd, env });
  child.stdin.end();
  const { code, stdout, stderr } = await ended(child);
  const errors = stderr.replaceAll(/^(?=.)/gm, "! ");
  return `${line}\n${stdout}${errors}[exit ${code}]\n`;
}

const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".txt"));

test("there are transcripts", () => {
  expect(names.length).toBeGreaterThan(0);
});

// To write them anew after a change that is meant: UPDATE_TRANSCRIPTS=1 npx vitest run --project cli transcript
test.each(names)("%s is what happens", async (name) => {
  const file = new URL(name, FOLDER);
  const text = await readFile(file, "utf8");
  const commands = text.split("\n").filter((line) => line.startsWith("$ "));
  expect(commands.length).toBeGreaterThan(0);
  const now = (await Promise.all(commands.map(transcript))).join("\n");
  if (process.env["UPDATE_TRANSCRIPTS"] === "1") await writeFile(file, now);
  else expect(now).toBe(text);
});
