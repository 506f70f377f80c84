// @ts-check
// The plainest way to get a word out of servers that are known: for each one connection, TLS where it is spoken, one
// question, and the first bytes of its answer. Its argument is a file that lists them, as `identify.js` writes it.

import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { connect as secure } from "node:tls";

const AT_ONCE = 64;

/** @type {{ host: string, port: number, tls: boolean, question?: string }[]} */
const places = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
let answered = 0;

/** @param {(typeof places)[number]} place */
function ask({ host, port, tls, question }) {
  return new Promise((resolve) => {
    const raw = connect({ host, port, noDelay: true });
    const socket = tls ? secure({ socket: raw, rejectUnauthorized: false }) : raw;
    raw.on("error", resolve).on("close", resolve);
    socket.on("error", resolve).once("data", () => {
      answered++;
      raw.resetAndDestroy();
    });
    socket.once(tls ? "secureConnect" : "connect", () => {
      if (question !== undefined) socket.write(Buffer.from(question, "base64"));
    });
  });
}

async function work() {
  for (let place = places.pop(); place !== undefined; place = places.pop()) await ask(place);
}

await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log(answered);
