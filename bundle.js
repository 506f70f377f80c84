// @ts-check
// The last step of the build: packs the command, as tsc wrote it, into a few CommonJS files in dist/command/, which Node
// loads in a third of the time that it takes for hundreds of modules. The library stays as tsc writes it.

import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { rolldown } from "rolldown";

const DIST = fileURLToPath(new URL("dist/", import.meta.url));
const FOLDER = path.join(DIST, "command");

/**
 * What is loaded together, with all that it imports, lies in one file. The first that names a module has it; the rest,
 * which few runs need, goes where rolldown puts it.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const FILES = {
  signals: ["cli/exit-code", "cli/terminal/held-signals", "cli/terminal/leave"],
  start: ["cli/run", "cli/terminal/process-io", "cli/help", "cli/commands/scan"],
  catalog: ["catalog/index", "catalog/services"],
  scan: [
    "cli/scan/session",
    "output/formats/table",
    "src/discover",
    "strategies/tcp/index",
    "strategies/http/index",
    "p-queue/dist/index",
  ],
};

/**
 * @param {string} id
 * @returns {string}
 */
const withSlashes = (id) => id.replaceAll(path.sep, "/");

/**
 * Whether a module is the one that the table means.
 *
 * @param {string} id
 * @param {string} name
 */
const isCalled = (id, name) => withSlashes(id).endsWith(`/${name}.js`);

/**
 * undici without what is not asked of it (fetch, caches, proxies, mocks), which is three quarters of its time to load. It
 * is put together as undici's own index.js does it, and tried by every test of HTTP that runs the command.
 *
 * @type {import("rolldown").Plugin}
 */
const leanUndici = {
  name: "lean-undici",
  resolveId: (id) => (id === "undici" ? path.join(import.meta.dirname, "lean-undici.js") : undefined),
  load: (id) => (id.endsWith("lean-undici.js") ? LEAN_UNDICI : undefined),
};
const LEAN_UNDICI = `
import api from "undici/lib/api/index.js";
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
export { default as Client } from "undici/lib/dispatcher/client.js";
Object.assign(Dispatcher.prototype, api);`;

/**
 * Packs one entry, and says which modules went in.
 *
 * @param {string} entry From dist/.
 * @param {import("rolldown").CodeSplittingOptions | false} codeSplitting
 * @returns {Promise<string[]>}
 */
async function pack(entry, codeSplitting) {
  const bundle = await rolldown({
    input: path.join(DIST, entry),
    platform: "node",
    plugins: [leanUndici],
  });
  const names = { entryFileNames: "[name].js", chunkFileNames: "[name].js" };
  const { output } = await bundle.write({ dir: FOLDER, format: "cjs", codeSplitting, ...names });
  await bundle.close();
  return output.flatMap((file) => (file.type === "chunk" ? file.moduleIds.map(withSlashes) : []));
}

/**
 * Who packs other people's work passes their terms on.
 *
 * @param {readonly string[]} modules
 */
function licensesOf(modules) {
  const folders = modules.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? "");
  return [...new Set(folders)]
    .filter((folder) => folder !== "")
    .toSorted()
    .map((folder) => {
      const { name, version, license, author } = JSON.parse(
        readFileSync(path.join(folder, "package.json"), "utf8"),
      );
      const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
      const terms =
        file === undefined ? `by ${author?.name ?? author}` : readFileSync(path.join(folder, file), "utf8");
      return `${name} ${version} (${license})\n\n${terms.trim()}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

rmSync(FOLDER, { recursive: true, force: true });
const groups = Object.entries(FILES).map(([name, modules], at, { length }) => ({
  name,
  test: (/** @type {string} */ id) => modules.some((one) => isCalled(id, one)),
  priority: length - at,
}));
const modules = await pack("src/cli/main.js", { groups });
const lost = Object.values(FILES)
  .flat()
  .filter((name) => !modules.some((id) => isCalled(id, name)));
if (lost.length > 0) throw new Error(`no module is called ${lost.join(", ")}: mend the table of files`);
// Each thread's entry is one file beside the others: `new URL("./some-worker.js", import.meta.url)` finds it there, too.
for (const file of readdirSync(path.join(DIST, "src"), { recursive: true, encoding: "utf8" })) {
  if (file.endsWith("-worker.js")) modules.push(...(await pack(`src/${file}`, false)));
}
writeFileSync(path.join(FOLDER, "package.json"), '{ "type": "commonjs" }\n');
writeFileSync(path.join(FOLDER, "licenses.txt"), licensesOf(modules));
// `npx discover` in a clone needs it.
for (const main of ["command/main.js", "src/cli/main.js"]) chmodSync(path.join(DIST, main), 0o755);
