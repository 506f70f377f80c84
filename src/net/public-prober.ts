import { Socket } from "node:net";

import type { ProbeEnd, Prober } from "../model/net.ts";
import { outcomeOfError } from "./connect-outcome.ts";
import { isSelfConnected } from "./self-connect.ts";

/** A socket that tells its events to one, without a list of listeners for each: there are very many of them. */
class ProbeSocket extends Socket {
  readonly slot: number;
  readonly startedAt: number = performance.now();
  readonly #heard: (socket: ProbeSocket, error: Error | undefined) => void;

  constructor(slot: number, heard: (socket: ProbeSocket, error: Error | undefined) => void) {
    super();
    this.slot = slot;
    this.#heard = heard;
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === "connect") this.#heard(this, undefined);
    else if (event === "error" && args[0] instanceof Error) this.#heard(this, args[0]);
    return true;
  }
}

/** Connects by `net.Socket`: one for each. Works everywhere. */
export class PublicProber implements Prober {
  readonly #ended: ProbeEnd;
  /** Those under way, by their number. */
  readonly #sockets: (ProbeSocket | undefined)[] = [];

  constructor(ended: ProbeEnd) {
    this.#ended = ended;
  }

  connect(slot: number, address: string, port: number): void {
    const socket = new ProbeSocket(slot, this.#heard);
    this.#sockets[slot] = socket;
    socket.connect({ host: address, port });
  }

  cancel(slot: number): void {
    this.#sockets[slot]?.destroy();
    this.#sockets[slot] = undefined;
  }

  close(): void {}

  readonly #heard = (socket: ProbeSocket, error: Error | undefined): void => {
    const { slot, startedAt } = socket;
    if (this.#sockets[slot] !== socket) return; // cancelled
    this.#sockets[slot] = undefined;
    const latencyMs = performance.now() - startedAt;
    if (error !== undefined) this.#ended(slot, outcomeOfError(error), latencyMs);
    else {
      const outcome = isSelfConnected(socket) ? "self" : "open";
      socket.resetAndDestroy();
      this.#ended(slot, outcome, latencyMs);
    }
  };
}
