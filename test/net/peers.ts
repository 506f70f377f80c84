import { type Socket, createServer } from "node:net";

import { expect, vi } from "vitest";

import type { Endpoint } from "../../src/model/endpoint.ts";
import type { Connection, Dial } from "../../src/model/net.ts";
import { dial } from "../../src/net/dial.ts";
import { listening } from "../lab/listening.js";
import type { Listening } from "../lab/listening.js";

export const NEVER: AbortSignal = new AbortController().signal;

export function at(port: number, address = "127.0.0.1"): Endpoint {
  return { address, port, transport: "tcp" };
}

/** A server that treats every connection alike, and lets go of a client that leaves. */
export function serve(
  talk: (socket: Socket) => void,
  options?: { host?: string; port?: number },
): Promise<Listening> {
  return listening(
    createServer((socket) => {
      socket.on("error", () => {});
      talk(socket);
      socket.resume();
    }),
    options,
  );
}

/** Says it again and again, as fast as the other side takes it, until that leaves. */
export function floodWith(socket: Socket, text: string): void {
  const chunk = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));
  const send = (): void => {
    if (socket.destroyed) return;
    if (socket.write(chunk)) setImmediate(send);
    else socket.once("drain", send);
  };
  send();
}

/** Listens, and closes after the test, whatever comes of it. */
export async function during<T extends { close(): Promise<void> }, R>(
  server: T | Promise<T>,
  run: (server: T) => Promise<R>,
): Promise<R> {
  const started = await server;
  try {
    return await run(started);
  } finally {
    await started.close();
  }
}

/** A port on which nothing listens: it was free a moment ago, and nobody is told of it. */
export async function closedPort(): Promise<number> {
  const { port, close } = await listening(createServer());
  await close();
  return port;
}

export interface Dialled {
  readonly connection: Connection;
  /** How often `onClose` was called. */
  readonly closed: () => number;
}

export async function open(port: number, address?: string): Promise<Dialled> {
  let closed = 0;
  const onClose = (): void => void closed++;
  const result = await dial(at(port, address), { timeoutMs: 5_000, signal: NEVER, onClose });
  if (typeof result === "string") throw new Error(`the port is ${result}`);
  return { connection: result, closed: () => closed };
}

/** Dials without a budget, and counts. */
export function countedDial(): {
  readonly dial: Dial;
  readonly opened: () => number;
  readonly closed: () => number;
} {
  let [opened, closed] = [0, 0];
  return {
    async dial(endpoint, options) {
      const result = await dial(endpoint, { ...options, onClose: () => void closed++ });
      if (typeof result === "string") return undefined;
      opened++;
      return result;
    },
    opened: () => opened,
    closed: () => closed,
  };
}

/** Sockets and servers that keep this process alive. */
export function handles(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(?:TCP|TLS|UDP|GetAddrInfo|Http2)/i.test(name));
}

/** Until there are no more handles than there were: fewer where those of the test before were still going. */
export async function handlesBackTo(before: readonly string[]): Promise<void> {
  await vi.waitFor(() => expect(handles().length).toBeLessThanOrEqual(before.length), {
    timeout: 4_000,
    interval: 5,
  });
}

/** Until it is so. */
export async function until(isSo: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 4_000, interval: 5 });
}
