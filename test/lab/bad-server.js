// @ts-check
// Servers that behave badly on purpose, one function a mode. Plain JavaScript: the lab runs this file as a
// process of its own on Node 20, which reads no TypeScript.

import { randomBytes } from "node:crypto";
import net from "node:net";
import { gzipSync } from "node:zlib";

import { listening } from "./listening.js";

/** @typedef {import("node:net").Socket} Socket */
/** @typedef {keyof typeof MODES} BadMode */

const OK = "HTTP/1.1 200 OK\r\n";
/** What `flood` sends before it stops: 1 GB. */
const FLOOD_BYTES = 1e9;
/** What `gzipbomb` unpacks to: ten gzip members (RFC 1952, section 2.2) of 10 MB, from 100 kB. */
const BOMB_MEMBERS = 10;
const BOMB_MEMBER_BYTES = 10e6;

/** Every mode and what it does to a connection. */
const MODES = {
  /** Accepts and never says anything, nor closes when the client does. */
  mute() {},

  /** Accepts and closes at once. */
  closer: (/** @type {Socket} */ socket) => void socket.end(),

  /** Accepts and resets. */
  rst: (/** @type {Socket} */ socket) => void socket.resetAndDestroy(),

  /** Random bytes, then the end. */
  garbage: (/** @type {Socket} */ socket) => void socket.end(randomBytes(4096)),

  /** A line that does not end, as fast as the client takes it. */
  flood,

  /** The same as the body of an HTTP answer. */
  floodhttp: (/** @type {Socket} */ socket) =>
    onRequest(socket, () => {
      socket.write(`${OK}Content-Type: application/json\r\n\r\n`);
      flood(socket);
    }),

  /** A true greeting, a letter every half second. */
  slowbanner: (/** @type {Socket} */ socket) => drip(socket, "SSH-2.0-OpenSSH_9.2p1 Debian\r\n", 500),

  /** An HTTP answer, a letter every 300 ms. */
  slowhttp: (/** @type {Socket} */ socket) =>
    onRequest(socket, () => drip(socket, `${OK}Content-Length: 1000\r\n\r\n${"x".repeat(1000)}`, 300)),

  /** HTTP headers without end, 10 MB a second. */
  headers: (/** @type {Socket} */ socket) =>
    onRequest(socket, () => {
      socket.write(OK);
      every(socket, 5, () => socket.write(manyHeaders(50)));
    }),

  /** Bait: sends the client to the address where clouds keep credentials. */
  redirect: (/** @type {Socket} */ socket) =>
    onRequest(socket, () =>
      socket.end(
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n",
      ),
    ),

  /** An HTTP answer cut off in the middle of its body. */
  half: (/** @type {Socket} */ socket) =>
    onRequest(socket, () => {
      socket.write(`${OK}Content-Length: 100\r\n\r\nabc`);
      setTimeout(() => socket.destroy(), 50);
    }),

  /** What was asked is the answer. */
  echo: (/** @type {Socket} */ socket) => void socket.pipe(socket),

  /** A small HTTP answer that unpacks to a big one. */
  gzipbomb: (/** @type {Socket} */ socket) => onRequest(socket, () => socket.end(bomb())),
};

/** Every mode there is. */
export const BAD_MODES = Object.keys(MODES).filter(isBadMode);

/**
 * @param {string} name
 * @returns {name is BadMode}
 */
function isBadMode(name) {
  return name in MODES;
}

/** @param {Socket} socket */
function flood(socket) {
  const chunk = Buffer.alloc(1 << 16, "x");
  let sent = 0;
  const send = () => {
    while (sent < FLOOD_BYTES) {
      sent += chunk.length;
      if (!socket.write(chunk)) {
        socket.once("drain", send);
        return;
      }
    }
    socket.end();
  };
  send();
}

/**
 * @param {Socket} socket
 * @param {() => void} answer
 */
function onRequest(socket, answer) {
  socket.once("data", answer);
}

/**
 * @param {Socket} socket
 * @param {string} text
 * @param {number} everyMs
 */
function drip(socket, text, everyMs) {
  const letters = text[Symbol.iterator]();
  every(socket, everyMs, () => {
    const { done, value } = letters.next();
    if (done !== true) socket.write(value);
  });
}

/**
 * Calls `act` again and again while the socket lives.
 *
 * @param {Socket} socket
 * @param {number} everyMs
 * @param {() => void} act
 */
function every(socket, everyMs, act) {
  const timer = setInterval(act, everyMs);
  socket.once("close", () => clearInterval(timer));
}

/** @param {number} count */
function manyHeaders(count) {
  const names = Array.from({ length: count }, () => randomBytes(8).toString("hex"));
  return names.map((name) => `X-${name}: ${"y".repeat(1000)}\r\n`).join("");
}

/** @type {Buffer | undefined} */
let packed;

function bomb() {
  packed ??= Buffer.concat(Array(BOMB_MEMBERS).fill(gzipSync(Buffer.alloc(BOMB_MEMBER_BYTES))));
  const head = `${OK}Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), packed]);
}

/**
 * A server that behaves badly, in this process.
 *
 * @param {BadMode} mode
 * @param {{ host?: string, port?: number }} [options] 127.0.0.1 and a free port where absent.
 * @returns {Promise<import("./listening.js").Listening>}
 */
export function startBadServer(mode, options) {
  const misbehave = MODES[mode];
  const server = net.createServer({ allowHalfOpen: mode === "mute" }, (socket) => {
    socket.on("error", () => {}); // a client that leaves in the middle is the rule here
    misbehave(socket);
  });
  return listening(server, options);
}
