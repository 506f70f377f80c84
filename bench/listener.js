// @ts-check
// What answers in the far namespaces: not a bench, but what bench/worlds/listeners.js starts there. Says
// `listening`, and stays.

import { text } from "node:stream/consumers";

import { listenAt } from "./world.js";

/** @type {readonly [string, readonly number[]][]} */
const places = JSON.parse(await text(process.stdin));
await Promise.all(places.map(([address, ports]) => listenAt(ports, address)));
console.log("listening");
