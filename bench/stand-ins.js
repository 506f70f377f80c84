// @ts-check
// Stand-ins of the kinds in the catalog, each replaying a recorded answer, and what they were connected to.

import { execFileSync } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";

import { startPages, startScript } from "../test/lab/stand-in-server.js";

/** @typedef {import("../dist/src/model/catalog.js").CatalogEntry} CatalogEntry */
/** @typedef {import("../dist/src/model/catalog.js").ProbeExample} ProbeExample */
/** @typedef {import("../test/lab/stand-in-server.js").Exchange} Exchange */

/**
 * One kind at one of the ports on which it usually lives.
 *
 * @typedef {object} Home
 * @property {string} type
 * @property {number} port
 * @property {boolean} tls
 * @property {boolean} overHttp
 * @property {string} [question] What makes it speak, as base64; absent where it speaks first.
 * @property {(place: { host: string, port: number }) => Promise<unknown>} start
 */

/**
 * Everything that has a recorded answer, at each of its ports. Left out is what goes on inside TLS that it asked for, and
 * what only HTTP/2 tells.
 *
 * @param {readonly CatalogEntry[]} entries
 * @returns {Home[]}
 */
export function homesOf(entries) {
  return entries.flatMap((entry) =>
    entry.ports.flatMap((port) => {
      const played = playing(entry, port);
      const tls = entry.tlsPorts?.includes(port) === true;
      return played === undefined ? [] : [{ type: entry.type, port, tls, ...played }];
    }),
  );
}

/**
 * The first recorded answer that belongs to the port.
 *
 * @param {CatalogEntry} entry
 * @param {number} port
 * @returns {Pick<Home, "overHttp" | "question" | "start"> | undefined}
 */
function playing(entry, port) {
  const overHttp = entry.probes === undefined || entry.httpPorts?.includes(port) === true;
  for (const example of entry.examples) {
    if ("path" in example) {
      if (!overHttp) continue;
      const question = Buffer.from(`GET ${example.path} HTTP/1.1\r\nHost: stand-in\r\n\r\n`).toString(
        "base64",
      );
      return { overHttp, question, start: (place) => startPages([example], place) };
    }
    const script = overHttp ? undefined : scriptOf(entry, example);
    if (script === undefined) continue;
    const question = script[0]?.question;
    return { overHttp, ...(question && { question }), start: (place) => startScript(script, place) };
  }
  return undefined;
}

/**
 * The questions that lead to an example's replies. Undefined where one is asked inside TLS.
 *
 * @param {CatalogEntry} entry
 * @param {ProbeExample} example
 * @returns {Exchange[] | undefined}
 */
function scriptOf(entry, example) {
  let probe = entry.probes?.find(({ name }) => name === example.probe);
  /** @type {Exchange[]} */
  const script = [];
  for (const text of example.replies) {
    if (probe === undefined) return undefined;
    const reply = Buffer.from(text instanceof Uint8Array ? text : Buffer.from(text, "latin1"));
    const question = probe.send && { question: Buffer.from(probe.send).toString("base64") };
    script.push({ ...question, reply: reply.toString("base64") });
    const early = probe.read(reply, false);
    const reading = early?.kind === "more" ? probe.read(reply, true) : early;
    if (reading?.kind === "secure") return undefined;
    probe = reading !== undefined && "next" in reading ? reading.next : undefined;
  }
  return script;
}

/**
 * From now on, a stand-in at one of these places speaks TLS from the first byte, with a certificate of its own making.
 *
 * @param {ReadonlyMap<string, { overHttp: boolean }>} places By address and port, with a colon. Web servers agree to HTTP by ALPN.
 */
export function secureAt(places) {
  const secureContext = createSecureContext(certificate());
  const web = { ALPNProtocols: ["http/1.1"] };
  /** @type {(this: Server, event: string | symbol, ...rest: unknown[]) => boolean} */
  const emit = Reflect.get(Server.prototype, "emit");
  // The servers are made elsewhere and know of no TLS: their connections are dressed before they see them.
  Server.prototype.emit = function emitSecured(event, ...rest) {
    const [socket] = rest;
    const place =
      event === "connection" && socket instanceof Socket ? places.get(placeOf(socket)) : undefined;
    if (place === undefined) return emit.call(this, event, ...rest);
    const secured = new TLSSocket(socket, { isServer: true, secureContext, ...(place.overHttp && web) });
    secured.on("error", () => {});
    return emit.call(this, event, secured);
  };
}

function certificate() {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
  try {
    const [key, cert] = [path.join(folder, "key"), path.join(folder, "cert")];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];
    const made = ["-subj", "/CN=stand-in.test", "-days", "10", "-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", ...curve, ...made], { stdio: "ignore" });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {Socket} socket */
function placeOf(socket) {
  return `${socket.localAddress}:${socket.localPort}`;
}

/**
 * How often each place was connected to since it was last asked.
 *
 * @returns {{ take(): Map<string, number> }}
 */
export function countConnections() {
  /** @type {Map<string, number>} */
  let counts = new Map();
  subscribe("net.server.socket", (message) => {
    if (!(message instanceof Object && "socket" in message && message.socket instanceof Socket)) return;
    const place = placeOf(message.socket);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  });
  return {
    take() {
      const taken = counts;
      counts = new Map();
      return taken;
    },
  };
}
