// @ts-check
// What answers in the far namespace: not a bench, but sweep.js's other end. Says `listening`, and stays.

import { text } from "node:stream/consumers";

import { listenAt } from "./world.js";

/** @type {{ port: number, addresses: readonly string[] }} */
const { port, addresses } = JSON.parse(await text(process.stdin));
for (const address of addresses) await listenAt([port], address);
console.log("listening");
