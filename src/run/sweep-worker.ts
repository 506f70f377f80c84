import { parentPort, workerData } from "node:worker_threads";

import { systemClock as clock } from "../model/clock.ts";
import { readNeighbours } from "../net/neighbours.ts";
import { createProber } from "../net/prober.ts";
import type { FromSweeper, SweeperOrders, ToSweeper } from "../scan/crew-messages.ts";
import { Sweeper } from "../scan/sweeper.ts";

// What a thread of the sweep runs; started by `startSweeper`.

// Nobody reads where a refused connect came from, and writing it down takes longer than much of the rest.
Error.stackTraceLimit = 0;

const orders: SweeperOrders = workerData;
const sweeper = new Sweeper(orders, {
  prober: createProber,
  neighbours: readNeighbours,
  clock,
  post(message: FromSweeper) {
    parentPort?.postMessage(message);
    if (message.kind === "ended") parentPort?.close();
  },
});
parentPort?.on("message", (message: ToSweeper) => sweeper.hear(message));
