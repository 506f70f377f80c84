// @ts-check
// Servers that say what real ones once said: for what a test machine cannot have. Plain JavaScript for the same
// reason as bad-server.js; stand-in.ts makes their scripts from catalog examples.

import http from "node:http";
import net from "node:net";

import { listening } from "./listening.js";

/**
 * One question and its answer as base64. Without a question the server speaks unasked.
 *
 * @typedef {object} Exchange
 * @property {string} [question]
 * @property {string} reply
 */

/**
 * One recorded HTTP answer.
 *
 * @typedef {object} Page
 * @property {string} path
 * @property {number} [status] 200 where absent.
 * @property {Readonly<Record<string, string>>} [headers]
 * @property {string} [body]
 */

/** Headers that told how the recorded answer was sent, not what it says. */
const TRANSPORT_HEADERS = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "keep-alive",
  "transfer-encoding",
]);

/**
 * A raw TCP server. It answers each question of the script in turn, closes on any other, and is silent once
 * the script is through.
 *
 * @param {readonly Exchange[]} script
 * @param {{ host?: string, port?: number }} [options]
 * @returns {Promise<import("./listening.js").Listening>}
 */
export function startScript(script, options) {
  const exchanges = script.map(({ question, reply }) => ({
    question: Buffer.from(question ?? "", "base64"),
    reply: Buffer.from(reply, "base64"),
  }));
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    play(socket, exchanges);
  });
  return listening(server, options);
}

/**
 * @param {net.Socket} socket
 * @param {readonly { question: Buffer, reply: Buffer }[]} exchanges
 */
function play(socket, exchanges) {
  const left = [...exchanges];
  let asked = Buffer.alloc(0);
  const answer = () => {
    for (let next = left[0]; next !== undefined; next = left[0]) {
      const heard = asked.subarray(0, next.question.length);
      if (!next.question.subarray(0, heard.length).equals(heard)) socket.end();
      if (!next.question.equals(heard)) return;
      asked = asked.subarray(heard.length);
      left.shift();
      socket.write(next.reply);
    }
  };
  socket.on("data", (chunk) => {
    asked = Buffer.concat([asked, chunk]);
    answer();
  });
  answer();
}

/**
 * An HTTP server: the first page with the path that is asked for, 404 where there is none.
 *
 * @param {readonly Page[]} pages
 * @param {{ host?: string, port?: number }} [options]
 * @returns {Promise<import("./listening.js").Listening>}
 */
export function startPages(pages, options) {
  const server = http.createServer((request, response) => {
    response.sendDate = false;
    const page = pages.find(({ path }) => path === request.url);
    response.writeHead(page === undefined ? 404 : (page.status ?? 200), contentHeaders(page?.headers ?? {}));
    response.end(page?.body ?? "");
  });
  return listening(server, options);
}

/** @param {Readonly<Record<string, string>>} headers */
function contentHeaders(headers) {
  const kept = Object.entries(headers).filter(([name]) => !TRANSPORT_HEADERS.has(name.toLowerCase()));
  return Object.fromEntries(kept);
}
