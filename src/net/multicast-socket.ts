import { type Socket, createSocket } from "node:dgram";

import type { MulticastPlace } from "./multicast-place.ts";

/** RFC 6762, section 3. */
const PORT = 5353;
const GROUPS = { 4: "224.0.0.251", 6: "ff02::fb" } as const;
/** RFC 6762, section 11. */
const HOPS = 255;

/** A bound socket; or the system's error code for why there is none. */
export type Bound = { readonly socket: Socket; readonly close: () => Promise<void> } | string;

/**
 * A socket on port 5353 that is bound to the group itself and joined to it on that interface. It must not be bound to
 * any address: such a socket would be handed the unicast replies that belong to the system's own responder.
 */
export async function joinGroup({ interface: name, family, address }: MulticastPlace): Promise<Bound> {
  const { default: multicastDns } = await import("multicast-dns");
  const socket = socketOf(family);
  const driver = multicastDns({
    socket,
    port: PORT,
    ip: GROUPS[family],
    bind: groupAt(family, name),
    interface: family === 4 ? address : `::%${name}`,
    type: family === 4 ? "udp4" : "udp6",
    ttl: HOPS,
    loopback: true,
  });
  // Its decoder loses what it does not know, and a whole packet for one bad record: the bytes are read raw.
  socket.removeAllListeners("message");
  const close = (): Promise<void> => new Promise((resolve) => driver.destroy(resolve));
  const fault = await new Promise<string | undefined>((resolve) => {
    // What cannot be bound is an error, twice over; what cannot be joined is a warning, before it is ready. The
    // listeners stay: no later error may end the process.
    driver.on("error", (error) => resolve(codeOf(error)));
    driver.on("warning", (error) => resolve(codeOf(error)));
    driver.once("ready", () => resolve(undefined));
  });
  if (fault === undefined) return { socket, close };
  await close();
  return fault;
}

/** A socket on any port of the interface's own address: it asks the group and is answered directly. */
export async function openOneShot({ interface: name, family, address }: MulticastPlace): Promise<Bound> {
  const socket = socketOf(family);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      socket.close(() => resolve());
    });
  const fault = await new Promise<string | undefined>((resolve) => {
    socket.on("error", (error) => resolve(codeOf(error)));
    socket.bind({ port: 0, address, exclusive: true }, () => {
      try {
        socket.setMulticastInterface(family === 4 ? address : `::%${name}`);
        socket.setMulticastTTL(HOPS);
        resolve(undefined);
      } catch (error) {
        resolve(codeOf(error));
      }
    });
  });
  if (fault === undefined) return { socket, close };
  await close();
  return fault;
}

/** Sends to the group of that interface; resolves to the system's error code where that fails. */
export function sendToGroup(
  socket: Socket,
  { interface: name, family }: MulticastPlace,
  bytes: Uint8Array,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    try {
      socket.send(bytes, PORT, groupAt(family, name), (error) =>
        resolve(error === null ? undefined : codeOf(error)),
      );
    } catch (error) {
      resolve(codeOf(error)); // closed meanwhile
    }
  });
}

function socketOf(family: 4 | 6): Socket {
  return createSocket({ type: family === 4 ? "udp4" : "udp6", reuseAddr: true });
}

function groupAt(family: 4 | 6, name: string): string {
  return family === 4 ? GROUPS[4] : `${GROUPS[6]}%${name}`;
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : String(error);
}
