import { once } from "node:events";
import { type Server, type Socket, createServer } from "node:net";
import type { AddressInfo } from "node:net";

/** A server that remembers what each of its peers said. */
export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** What came on each connection, in their order. */
  readonly conversations: readonly Buffer[];
}

/** `serve` is called for each connection; what it hears is kept. */
export async function startScripted(serve: (socket: Socket) => void): Promise<ScriptedServer> {
  const heard: Buffer[][] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    const here: Buffer[] = [];
    heard.push(here);
    sockets.add(socket);
    socket.on("error", () => {}); // the client leaves when it knows enough
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk) => here.push(chunk));
    serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: portOf(server.address()),
    get conversations() {
      return heard.map((chunks) => Buffer.concat(chunks));
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

/** Answers everything that comes with the same. */
export function always(answer: string | Uint8Array): (socket: Socket) => void {
  return (socket) => {
    socket.on("data", () => socket.write(answer));
  };
}

/** Says this first, and then nothing. */
export function greets(greeting: string | Uint8Array): (socket: Socket) => void {
  return (socket) => {
    socket.write(greeting);
  };
}
