// @ts-check
// Runs one of our own servers as a process, for a lab host: node serve.js TASK.json

import { readFileSync } from "node:fs";

import { startBadServer } from "./bad-server.js";
import { startPages, startScript } from "./stand-in-server.js";

/**
 * @typedef {object} Place
 * @property {number} port
 * @property {readonly string[]} listen
 *
 * @typedef {Place & { kind: "bad", mode: import("./bad-server.js").BadMode }} BadTask
 * @typedef {Place & { kind: "script", script: readonly import("./stand-in-server.js").Exchange[] }} ScriptTask
 * @typedef {Place & { kind: "pages", pages: readonly import("./stand-in-server.js").Page[] }} PagesTask
 * @typedef {BadTask | ScriptTask | PagesTask} Task
 */

/**
 * @param {string} file
 * @returns {Task}
 */
function readTask(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/**
 * @param {Task} task
 * @param {{ host: string, port: number }} place
 */
async function start(task, place) {
  if (task.kind === "bad") await startBadServer(task.mode, place);
  else if (task.kind === "script") await startScript(task.script, place);
  else await startPages(task.pages, place);
}

const task = readTask(process.argv[2] ?? "");
for (const host of task.listen) await start(task, { host, port: task.port });
