import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import type { Connection, SecureOptions, Secured } from "../model/net.ts";
import { alertIn, secureSocket } from "./tls.ts";

/** No answer that names a service is longer; what floods is cut off here. */
const MOST_BYTES = 16 * 1024;

/** A socket, and what came on it. */
export interface TakenOver {
  readonly socket: Socket;
  readonly received: Uint8Array;
  /** No more will come. */
  readonly hasEnded: boolean;
}

/** See `Connection`. One at a time may wait in `until`. */
export class SocketConnection implements Connection {
  readonly latencyMs: number;
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #size = 0;
  /** What came in one piece with the last that is read: the rest of a long page, for who takes the socket over. */
  #excess: Buffer = Buffer.alloc(0);
  #ended = false;
  #alert: string | undefined;
  #wake: () => void = () => {};

  constructor(socket: Socket, latencyMs: number) {
    this.latencyMs = latencyMs;
    this.#socket = socket;
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("error", this.#onError);
    socket.on("close", this.#onEnd);
  }

  readonly #onData = (chunk: Buffer): void => {
    const room = MOST_BYTES - this.#size;
    if (room > 0) this.#chunks.push(chunk.subarray(0, room));
    if (chunk.length > room) this.#excess = Buffer.concat([this.#excess, chunk.subarray(room)]);
    this.#size = Math.min(MOST_BYTES, this.#size + chunk.length);
    if (this.#size === MOST_BYTES) this.#socket.pause();
    this.#wake();
  };

  readonly #onError = (error: Error): void => {
    this.#alert ??= alertIn(error);
    this.#onEnd();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#wake();
  };

  get received(): Uint8Array {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? new Uint8Array();
  }

  get alert(): string | undefined {
    return this.#alert;
  }

  get ended(): boolean {
    return this.#ended || this.#size === MOST_BYTES;
  }

  send(bytes: Uint8Array): void {
    this.#chunks = [];
    if (this.ended) return;
    this.#size = 0;
    this.#socket.write(bytes);
  }

  until<T>(
    test: (received: Uint8Array, ended: boolean) => T | undefined,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      let late: NodeJS.Immediate | undefined;
      const leave = (): void => {
        clearTimeout(timer);
        clearImmediate(late);
        signal.removeEventListener("abort", giveUp);
        this.#wake = () => {};
      };
      const finish = (found: T | undefined): void => {
        leave();
        resolve(found);
      };
      const giveUp = (): void => finish(undefined);
      this.#wake = () => {
        try {
          const found = test(this.received, this.ended);
          if (found !== undefined || this.ended) finish(found);
        } catch (error) {
          leave();
          reject(error instanceof Error ? error : new Error("a reader failed", { cause: error }));
        }
      };
      // After poll: where the event loop is late, what has come by then counts.
      timer = setTimeout(() => (late = setImmediate(giveUp)), waitMs);
      signal.addEventListener("abort", giveUp);
      if (signal.aborted) giveUp();
      else this.#wake();
    });
  }

  async secure(options: SecureOptions): Promise<Secured | undefined> {
    const result = await secureSocket(this.detach(), options);
    if (result === undefined || result.kind === "alert") return result;
    return {
      kind: "open",
      facts: result.facts,
      connection: new SocketConnection(result.socket, this.latencyMs),
    };
  }

  /** Hands the socket over; this connection is of no more use. */
  detach(): Socket {
    const socket = this.#socket;
    socket.off("data", this.#onData);
    socket.off("end", this.#onEnd);
    socket.off("error", this.#onError);
    socket.off("close", this.#onEnd);
    this.#ended = true;
    return socket;
  }

  /** Hands the socket over with all that came on it; it stands still until somebody reads. */
  takeOver(): TakenOver {
    const hasEnded = this.#ended;
    const received = Buffer.concat([this.received, this.#excess]);
    const socket = this.detach();
    socket.pause();
    return { socket, received, hasEnded };
  }

  close(farewell?: Uint8Array): void {
    if (this.ended || (farewell === undefined && this.#socket instanceof TLSSocket)) {
      this.#socket.destroy(); // TLS has no reset of its own, and its carrier is not ours to reset
    } else if (farewell === undefined) {
      this.#socket.resetAndDestroy();
    } else {
      this.#socket.resume();
      this.#socket.end(farewell, () => this.#socket.destroySoon());
    }
  }
}

/** The socket under a connection of this folder's making. */
export function socketOf(connection: Connection): Socket {
  return ours(connection).detach();
}

/** The same with what came since the last question. */
export function takeOver(connection: Connection): TakenOver {
  return ours(connection).takeOver();
}

function ours(connection: Connection): SocketConnection {
  if (connection instanceof SocketConnection) return connection;
  throw new TypeError("a connection that net did not open has no socket");
}
