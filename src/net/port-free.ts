import { createServer } from "node:net";

import type { Binding, PortBindings } from "../model/port-report.ts";

const MEANINGS: ReadonlyMap<string, Binding> = new Map([
  ["EADDRINUSE", "taken"],
  ["EACCES", "forbidden"],
  ["EPERM", "forbidden"],
  ["EAFNOSUPPORT", "absent"],
  ["EADDRNOTAVAIL", "absent"],
]);

/**
 * Tries to listen on 0.0.0.0 and on ::, one after the other. Node asks for SO_REUSEADDR outside of Windows, so that
 * what is left of closed connections (TIME_WAIT) does not count as taken. Never rejects.
 */
export async function bindingsOf(port: number): Promise<PortBindings> {
  const ipv4 = await tryBind("0.0.0.0", port);
  return { ipv4, ipv6: await tryBind("::", port) };
}

/** Tries to listen on one address, and lets go of it at once. Never rejects. */
export function tryBind(host: string, port: number): Promise<Binding> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve(MEANINGS.get(error.code ?? "") ?? "failed"),
    );
    // Alone in its family, lest :: answer for 0.0.0.0; and never through the main process of a cluster.
    server.listen({ host, port, ipv6Only: true, exclusive: true }, () => server.close(() => resolve("free")));
  });
}

/** Whether a server could have the port: some family has it free, and none has it taken. */
export function isFree({ ipv4, ipv6 }: PortBindings): boolean {
  const both = [ipv4, ipv6];
  return both.includes("free") && !both.includes("taken");
}

/** The first free port from `base` on, of `tries`; undefined where there is none, or `signal` fires first. */
export async function nextFreePort(
  base: number,
  tries: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const last = Math.min(base + tries - 1, 65_535);
  for (let port = base; port <= last && !signal.aborted; port++) {
    if (isFree(await bindingsOf(port))) return port;
  }
  return undefined;
}
