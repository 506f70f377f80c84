// @ts-check
// A server for tests of booting, well-behaved or not: node boot-server.js --port 8100 [flag …]
//
//   --name TEXT         what it calls itself in its answers (boot-server)
//   --host ADDRESS      listens there (127.0.0.1)
//   --port N            and on this port; 0: on any that is free
//   --log-line TEXT     prints this line first; more than once: each
//   --health-after MS   /health is 503 until so long after it began to listen (0)
//   --exit-after MS     ends by itself so long after it was started
//   --code N            with this status (1)
//   --ignore-term       says so when it gets SIGTERM, and goes on
//   --daemonize         starts itself anew in a session of its own, and ends with 0 at once
//   --never-listen      runs, and does not listen
//
// `/` and `/health` answer { name, pid, argv, status } in JSON; what it does is printed, a line each. SIGTERM ends it
// with 0, a port that it cannot have with 1, flags that it does not know with 2.

import { spawn } from "node:child_process";
import http from "node:http";
import { parseArgs } from "node:util";

/** @typedef {ReturnType<typeof readFlags>} Flags */

const ARGV = process.argv.slice(2);

/** @param {readonly string[]} argv */
function readFlags(argv) {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      name: { type: "string", default: "boot-server" },
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string" },
      "log-line": { type: "string", multiple: true, default: [] },
      "health-after": { type: "string", default: "0" },
      "exit-after": { type: "string" },
      code: { type: "string", default: "1" },
      "ignore-term": { type: "boolean", default: false },
      daemonize: { type: "boolean", default: false },
      "never-listen": { type: "boolean", default: false },
    },
  });
  const { port, "exit-after": exitAfter, "never-listen": neverListen } = values;
  if (port === undefined && !neverListen) throw new Error("--port N is missing");
  return {
    name: values.name,
    host: values.host,
    port: wholeNumber("port", port ?? "0"),
    logLines: values["log-line"],
    healthAfterMs: wholeNumber("health-after", values["health-after"]),
    exitAfterMs: exitAfter === undefined ? undefined : wholeNumber("exit-after", exitAfter),
    code: wholeNumber("code", values.code),
    ignoreTerm: values["ignore-term"],
    daemonize: values.daemonize,
    neverListen,
  };
}

/**
 * @param {string} flag
 * @param {string} text
 */
function wholeNumber(flag, text) {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${flag} takes a number, not ${JSON.stringify(text)}`);
  return Number(text);
}

/** @param {Flags} flags */
function serve(flags) {
  let healthyFromMs = Infinity;
  const server = http.createServer((request, response) => {
    const known = request.url === "/" || request.url === "/health";
    const healthy = performance.now() >= healthyFromMs;
    response.statusCode = !known ? 404 : request.url === "/" || healthy ? 200 : 503;
    response.setHeader("content-type", "application/json");
    const status = healthy ? "ok" : "starting";
    response.end(JSON.stringify({ name: flags.name, pid: process.pid, argv: ARGV, status }));
  });
  server.once("error", (error) => {
    console.error(`cannot listen: ${error.message}`);
    process.exit(1);
  });
  server.listen({ host: flags.host, port: flags.port, ipv6Only: true }, () => {
    healthyFromMs = performance.now() + flags.healthAfterMs;
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
    console.log(`listening at http://${host}:${address.port}/`);
  });
}

/** The new one has our output, and nothing else that would end with us. */
function startAnew() {
  const argv = [...process.execArgv, process.argv[1] ?? "", ...ARGV.filter((flag) => flag !== "--daemonize")];
  spawn(process.execPath, argv, { detached: true, stdio: ["ignore", "inherit", "inherit"] }).unref();
}

/** @param {Flags} flags */
function start(flags) {
  process.on("SIGTERM", () => {
    console.log(flags.ignoreTerm ? "SIGTERM, ignored" : "SIGTERM, ending");
    if (!flags.ignoreTerm) process.exit(0);
  });
  if (flags.exitAfterMs !== undefined) setTimeout(() => process.exit(flags.code), flags.exitAfterMs);
  for (const line of flags.logLines) console.log(line);
  if (!flags.neverListen) return serve(flags);
  console.log("running, and not listening");
  setInterval(() => {}, 1 << 30); // or there would be nothing left to do
}

function main() {
  try {
    const flags = readFlags(ARGV);
    if (flags.daemonize) startAnew();
    else start(flags);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}

main();
