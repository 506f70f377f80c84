import { type Socket, connect } from "node:net";

import type { ProbeEnd, Prober } from "../model/net.ts";
import { outcomeOfError } from "./connect-outcome.ts";
import { isSelfConnected } from "./self-connect.ts";

/** Connects by `net.connect`: a socket for each. Works everywhere. */
export class PublicProber implements Prober {
  readonly #ended: ProbeEnd;
  /** Those under way, by their number. */
  readonly #sockets: (Socket | undefined)[] = [];

  constructor(ended: ProbeEnd) {
    this.#ended = ended;
  }

  connect(slot: number, address: string, port: number): void {
    const startedAt = performance.now();
    const socket = connect({ host: address, port });
    this.#sockets[slot] = socket;
    socket.once("connect", () => {
      const outcome = isSelfConnected(socket) ? "self" : "open";
      socket.resetAndDestroy();
      if (this.#leave(slot, socket)) this.#ended(slot, outcome, performance.now() - startedAt);
    });
    socket.on("error", (error) => {
      if (this.#leave(slot, socket)) this.#ended(slot, outcomeOfError(error), performance.now() - startedAt);
    });
  }

  cancel(slot: number): void {
    this.#sockets[slot]?.destroy();
    this.#sockets[slot] = undefined;
  }

  close(): void {}

  /** False where it was cancelled, or has ended before. */
  #leave(slot: number, socket: Socket): boolean {
    if (this.#sockets[slot] !== socket) return false;
    this.#sockets[slot] = undefined;
    return true;
  }
}
