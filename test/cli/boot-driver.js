// @ts-check
// Carries out the plan in the file that it is given, as a process that can be killed, and prints the report.

import { readFileSync } from "node:fs";

import { boot } from "../../dist/src/boot/boot.js";
import { systemClock } from "../../dist/src/model/clock.js";

const { stack, plan, folder, portsFolder } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));

const report = await boot(stack, plan, {
  folder,
  portsFolder,
  tools: {
    clock: systemClock,
    look: async ({ address, port }, _wanted, signal) => {
      const url = `http://${address}:${port}`;
      const status = await fetch(url, { signal }).then(
        (response) => response.status,
        () => undefined,
      );
      const state = status === undefined ? "absent" : status === 200 ? "healthy" : "unhealthy";
      return { state, summary: `GET /: ${status}`, version: null, url };
    },
  },
  env: { PATH: process.env["PATH"] },
  signal: new AbortController().signal,
  keep: false,
  concurrency: 4,
});
console.log(JSON.stringify(report));
