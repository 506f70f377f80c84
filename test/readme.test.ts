import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Where examples in TypeScript stand. */
const PAGES = ["README.md", "notes"];

const run = promisify(execFile);

/** The blocks of TypeScript in a page that use the library. */
function examplesIn(page: string): string[] {
  const blocks = readFileSync(path.join(ROOT, page), "utf8").matchAll(/^```ts\n([^]*?)^```$/gm);
  return Array.from(blocks, ([, code = ""]) => code).filter((code) => code.includes('from "sonde"'));
}

const pages = readdirSync(ROOT, { recursive: false, encoding: "utf8" })
  .filter((name) => PAGES.includes(name))
  .flatMap((name) =>
    name.endsWith(".md") ? [name] : readdirSync(path.join(ROOT, name)).map((page) => path.join(name, page)),
  );
const examples = pages.flatMap((page) => examplesIn(page));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sonde-readme-"));
  mkdirSync(path.join(folder, "node_modules/@types"), { recursive: true });
  symlinkSync(ROOT, path.join(folder, "node_modules/sonde"));
  symlinkSync(path.join(ROOT, "node_modules/@types/node"), path.join(folder, "node_modules/@types/node"));
  writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }');
  const compilerOptions = {
    module: "nodenext",
    target: "es2023",
    strict: true,
    noEmit: true,
    types: ["node"],
    skipLibCheck: true,
  };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler has against the examples as they stand for a user of the package. */
async function faultsIn(codes: readonly string[]): Promise<string> {
  for (const [at, code] of codes.entries()) writeFileSync(path.join(folder, `example${at}.ts`), code);
  const compiler = path.join(ROOT, "node_modules/typescript/bin/tsc");
  return run(process.execPath, [compiler, "-p", folder], { cwd: folder }).then(
    ({ stdout }) => stdout,
    ({ stdout, message }: { stdout?: string; message?: string }) => stdout ?? message ?? "it did not run",
  );
}

test("the examples for users of the library compile", async () => {
  expect(examples.length).toBeGreaterThan(2);
  expect(await faultsIn(examples)).toBe("");
}, 30_000);

test("one that does not would be noticed", async () => {
  const code = 'import { discover } from "sonde";\nawait discover({ prots: [1] }).inventory();\n';
  expect(await faultsIn([code])).toContain("'prots'");
}, 30_000);
