// @ts-check
// `npm test`: every test, those with real servers inside the lab's throw-away world. Where that cannot be had, the
// others, and the last lines say what was left out and why. With CI=true or SONDE_LAB=required nothing may be.
// Arguments are vitest's: npm test -- test/cli

import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { missingPrograms } from "./lab/programs.js";

const LAB_EXEC = fileURLToPath(new URL("./lab/lab-exec.sh", import.meta.url));
const VITEST = fileURLToPath(new URL("../node_modules/.bin/vitest", import.meta.url));

/** Why there can be no lab here; undefined where there can. */
function noLab() {
  if (process.platform !== "linux") return "it needs Linux";
  const missing = missingPrograms().filter(({ core }) => core);
  if (missing.length > 0) return `it needs ${listed(missing)}`;
  const trial = spawnSync(LAB_EXEC, ["true"], { encoding: "utf8" });
  return trial.status === 0 ? undefined : trial.stderr.trim() || String(trial.error);
}

/** @param {readonly import("./lab/programs.js").Program[]} programs */
function listed(programs) {
  const packages = new Set(programs.map(({ debian }) => debian));
  return `${programs.map(({ name }) => name).join(", ")} (Debian: apt install ${[...packages].join(" ")})`;
}

/**
 * What cannot be tested here, one line each.
 *
 * @param {string | undefined} labless
 */
function leftOut(labless) {
  if (labless !== undefined) return [`the lab, all tests with real servers: ${labless}`];
  const missing = missingPrograms();
  return missing.length > 0 ? [`tests that need ${listed(missing)}`] : [];
}

/**
 * Runs a command on our terminal and resolves to its exit status. When we are told to end, so is it.
 *
 * @param {readonly string[]} argv
 * @param {NodeJS.Signals} end The signal that ends it.
 * @returns {Promise<number>}
 */
function run([program = "", ...rest], end) {
  const child = spawn(program, rest, { stdio: "inherit" });
  process.on("SIGTERM", () => child.kill(end));
  process.on("SIGINT", () => {}); // the terminal has told vitest, too, which ends in order
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (status) => resolve(status ?? 1));
  });
}

/**
 * Runs vitest with our own arguments and resolves to its exit status.
 *
 * @param {boolean} lab
 */
function runTests(lab) {
  const vitest = [VITEST, "run", ...process.argv.slice(2)];
  if (!lab) return run([...vitest, "--project=unit", "--project=cli"], "SIGTERM");
  // The world heeds nothing less than SIGKILL, and gets it even where we are killed ourselves.
  return run(["setpriv", "--pdeathsig", "KILL", LAB_EXEC, ...vitest], "SIGKILL");
}

async function main() {
  const labless = noLab();
  const skipped = leftOut(labless);
  const strict = process.env["CI"] === "true" || process.env["SONDE_LAB"] === "required";
  if (strict && skipped.length > 0) {
    console.error(`Nothing may be skipped here, and this would be:\n${bullets(skipped)}`);
    return 1;
  }
  const status = await runTests(labless === undefined);
  if (skipped.length > 0) console.error(`\nSkipped:\n${bullets(skipped)}`);
  return status;
}

/** @param {readonly string[]} lines */
function bullets(lines) {
  return lines.map((line) => `  - ${line}`).join("\n");
}

process.exitCode = await main();
