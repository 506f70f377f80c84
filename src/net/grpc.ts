import { type ClientHttp2Session, type IncomingHttpHeaders, connect } from "node:http2";
import type { Socket } from "node:net";

import { urlHost } from "../model/endpoint.ts";
import type { Connection, Dial, GrpcReply, HttpOptions } from "../model/net.ts";
import { socketOf, takeOver } from "./connection.ts";
import { secureSocket } from "./tls.ts";

/** An empty HealthCheckRequest in gRPC's framing: not compressed, length 0. */
const EMPTY_MESSAGE = Buffer.alloc(5);

/**
 * See `Net.grpc`. The question is grpc.health.v1.Health/Check (grpc/grpc, doc/health-checking.md): it changes
 * nothing, and a server without it answers UNIMPLEMENTED, which is as good.
 */
export async function askGrpc(options: HttpOptions, dial: Dial): Promise<GrpcReply | undefined> {
  const socket = await socketFor(options, dial);
  if (socket === undefined) return undefined;
  const { endpoint, hostname } = options;
  const session = connect(
    `http://${urlHost(hostname ?? endpoint.address.replace(/%.*$/, ""))}:${endpoint.port}`,
    {
      createConnection: () => socket,
      maxSessionMemory: 1,
    },
  );
  try {
    return await exchange(session, options);
  } finally {
    session.destroy();
    socket.destroy();
  }
}

async function socketFor(options: HttpOptions, dial: Dial): Promise<Socket | undefined> {
  const { endpoint, timeoutMs, signal, tls } = options;
  const connection = await dial(endpoint, { timeoutMs, signal });
  if (connection === undefined) return undefined;
  if (!tls) return spokenOn(connection);
  const socket = socketOf(connection);
  const secured = await secureSocket(socket, { timeoutMs, signal, alpn: ["h2"] });
  return secured?.kind === "open" ? secured.socket : undefined;
}

/** Who speaks HTTP/2 may do so first: what came is read as if it came now. */
function spokenOn(connection: Connection): Socket | undefined {
  const { socket, received, hasEnded } = takeOver(connection);
  if (hasEnded) socket.destroy();
  else if (received.length > 0) socket.unshift(received);
  return hasEnded ? undefined : socket;
}

/** Resolves with the status when it comes, with what little is known when the peer stops or time is up. */
function exchange(session: ClientHttp2Session, options: HttpOptions): Promise<GrpcReply | undefined> {
  const { timeoutMs, signal } = options;
  return new Promise((resolve) => {
    let spoken: GrpcReply | undefined;
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", settle);
      resolve(spoken);
    };
    const timer = setTimeout(settle, timeoutMs);
    signal.addEventListener("abort", settle);
    session.on("error", settle);
    session.once("close", settle);
    session.once("remoteSettings", () => (spoken ??= { headers: {} }));
    const stream = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/grpc",
      te: "trailers",
    });
    const take = (headers: IncomingHttpHeaders): void => {
      spoken = replyOf({ ...spoken?.headers, ...textHeaders(headers) });
      if (spoken.grpcStatus !== undefined) settle();
    };
    stream.on("error", settle);
    stream.on("response", take);
    stream.on("trailers", take);
    stream.once("close", settle);
    stream.resume();
    stream.end(EMPTY_MESSAGE);
    if (signal.aborted) settle();
  });
}

function textHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function replyOf(headers: Record<string, string>): GrpcReply {
  const status = headers["grpc-status"];
  return status !== undefined && /^\d{1,2}$/.test(status)
    ? { grpcStatus: Number(status), headers }
    : { headers };
}
