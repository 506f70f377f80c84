import { Socket } from "node:net";

import { Allowance, type Patience } from "../model/allowance.ts";
import type { Dial, FirstConnection, HttpOptions } from "../model/net.ts";
import { answeredSocket } from "./answered-socket.ts";
import { socketOf, takeOver } from "./connection.ts";
import { withoutContinue } from "./interim.ts";
import { secureSocket } from "./tls.ts";

/** What the requests of a session go by now. */
export interface Terms extends Omit<HttpOptions, "signal"> {
  signal: AbortSignal;
  dial: Dial;
  /** Until it was taken. */
  first?: FirstConnection;
  readonly requests: Requests;
}

/** The next connection of a session: the one that it begins on, then new ones. Rejects where none could be had. */
export async function socketFor(terms: Terms): Promise<Socket> {
  const { first } = terms;
  delete terms.first;
  const begun = first && begunOn(first);
  if (begun !== undefined) return begun;
  const { endpoint, timeoutMs, signal, hostname, tls, requests: patience } = terms;
  const connection = await terms.dial(endpoint, { timeoutMs, signal, patience });
  if (connection === undefined) throw new Error("no connection");
  const socket = socketOf(connection);
  if (!tls) return withoutContinue(socket);
  const secured = await secureSocket(socket, {
    timeoutMs,
    signal,
    alpn: ["http/1.1"],
    ...(hostname === undefined ? {} : { servername: hostname }),
  });
  if (secured?.kind !== "open") throw new Error(secured?.reason ?? "no TLS");
  return withoutContinue(secured.socket);
}

/** Undefined where it has ended, and no answer is in it. */
function begunOn({ connection, askedAt }: FirstConnection): Socket | undefined {
  const { socket, received, hasEnded } = takeOver(connection);
  if (!hasEnded)
    return askedAt === undefined ? withoutContinue(socket) : answeredSocket(socket, received, { hasEnded });
  socket.destroy();
  return askedAt === undefined ? undefined : answeredSocket(new Socket(), received, { hasEnded });
}

/** The time of all requests that are under way: it stands still while one of their connections waits for its place. */
export class Requests implements Patience {
  readonly #running = new Set<Allowance>();
  #holds = 0;

  begin(ms: number, over: () => void): Allowance {
    const allowance = new Allowance(ms, over);
    for (let hold = 0; hold < this.#holds; hold++) allowance.hold();
    this.#running.add(allowance);
    return allowance;
  }

  end(allowance: Allowance): void {
    allowance.end();
    this.#running.delete(allowance);
  }

  hold(): void {
    this.#holds++;
    for (const one of this.#running) one.hold();
  }

  release(): void {
    this.#holds--;
    for (const one of this.#running) one.release();
  }
}
