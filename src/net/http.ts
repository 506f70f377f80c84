import type { Socket } from "node:net";
import { callbackify } from "node:util";

import type { Dispatcher, Pool } from "undici";

import { Allowance, type Patience } from "../model/allowance.ts";
import { urlHost } from "../model/endpoint.ts";
import { headerFault } from "../model/http-header.ts";
import type { Dial, HttpOptions, HttpSession, NoReply, TimedReply } from "../model/net.ts";
import { socketOf } from "./connection.ts";
import { codeOf, readBody, textOf } from "./http-body.ts";
import { withoutContinue } from "./interim.ts";
import { secureSocket } from "./tls.ts";

const MOST_HEADERS = 16 * 1024;
/** How long a connection may idle. */
const IDLE_MS = 1_000;

const REQUEST_HEADERS = { "user-agent": "sonde (service discovery)", accept: "*/*" };

/** See `Net.http`. */
export async function openHttpSession(
  options: HttpOptions & { readonly connections: number },
  dial: Dial,
): Promise<HttpSession> {
  const { Pool } = await import("undici");
  const requests = new Requests();
  const pool = new Pool(originOf(options), {
    connections: options.connections,
    pipelining: 1,
    maxHeaderSize: MOST_HEADERS,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    // One that idles gives its place in the budget back: others may wait for it.
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    connect: (_options, callback) => {
      connectBy(options, dial, requests, (error, socket) =>
        error === null ? callback(null, socket) : callback(error, null),
      );
    },
  });
  const sendable = areSendable(options.headers ?? {});
  const ask = async (path: string): Promise<TimedReply | NoReply> =>
    sendable ? request(pool, path, options, requests) : { failure: "unsent", latencyMs: 0 };
  return {
    ask,
    get: async (path) => {
      const reply = await ask(path);
      return "failure" in reply ? undefined : reply;
    },
    close: () => pool.destroy().catch(() => {}),
  };
}

/** undici refuses bad ones too, but its pool then waits for ever for the place of what it refused. */
function areSendable(headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).every(([name, value]) => headerFault(name, value) === undefined);
}

/** The authority of the requests. Zones have no place in a URL (RFC 6874 was withdrawn); the socket knows its own. */
function originOf({ endpoint, tls, hostname }: HttpOptions): string {
  const host = urlHost(hostname ?? endpoint.address.replace(/%.*$/, ""));
  return `${tls ? "https" : "http"}://${host}:${endpoint.port}`;
}

const connectBy = callbackify(connectFor);

async function connectFor(options: HttpOptions, dial: Dial, patience: Patience): Promise<Socket> {
  const { endpoint, timeoutMs, signal, hostname, tls } = options;
  const connection = await dial(endpoint, { timeoutMs, signal, patience });
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

/** The time of all requests that are under way: it stands still while one of their connections waits for its place. */
class Requests implements Patience {
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

/** One GET within its own deadline, whatever the peer does. */
async function request(
  pool: Pool,
  path: string,
  options: HttpOptions,
  requests: Requests,
): Promise<TimedReply | NoReply> {
  let sentAt: number | undefined;
  const timed = whenSent(() => (sentAt = performance.now()));
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  const allowance = requests.begin(options.timeoutMs, abort);
  options.signal.addEventListener("abort", abort);
  if (options.signal.aborted) abort();
  try {
    const response = await pool.compose(timed).request({
      method: "GET",
      path,
      headers: { ...REQUEST_HEADERS, ...options.headers },
      signal: stop.signal,
    });
    const raw = await readBody(response.body, (error) =>
      isTimeout(error, stop.signal) ? "timeout" : "closed",
    );
    const headers = headersOf(response);
    const text = textOf(raw, headers["content-encoding"]);
    const latencyMs = since(sentAt);
    return { status: response.statusCode, headers, ...text, json: parseJson(text.body), latencyMs };
  } catch (error) {
    const latencyMs = since(sentAt);
    return { failure: failureIn(error, latencyMs, options, stop.signal), latencyMs };
  } finally {
    requests.end(allowance);
    options.signal.removeEventListener("abort", abort);
    abort();
  }
}

function since(sentAt: number | undefined): number {
  return sentAt === undefined ? 0 : performance.now() - sentAt;
}

function failureIn(
  error: unknown,
  latencyMs: number,
  { signal, timeoutMs }: HttpOptions,
  stop: AbortSignal,
): NoReply["failure"] {
  if (signal.aborted) return "cancelled";
  if (latencyMs === 0) return "unsent";
  // Who waited for a connection until then was not given the time to answer.
  if (isTimeout(error, stop)) return latencyMs < timeoutMs / 2 ? "unsent" : "timeout";
  const isGarbled = error instanceof Error && error.name === "HTTPParserError";
  return isGarbled || codeOf(error) === "UND_ERR_HEADERS_OVERFLOW" ? "garbled" : "closed";
}

/** By our own clock, or by undici's for headers and between the parts of a body. */
function isTimeout(error: unknown, stop: AbortSignal): boolean {
  return stop.aborted || /^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/.test(codeOf(error));
}

/** Calls `sent` when the request goes out, on a connection that stands: what it waited for before is not the peer's doing. */
function whenSent(sent: () => unknown): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        sent();
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (...upgrade) => handler.onRequestUpgrade?.(...upgrade),
      onResponseStart: (...start) => handler.onResponseStart?.(...start),
      onResponseData: (...data) => handler.onResponseData?.(...data),
      onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
      onResponseError: (...error) => handler.onResponseError?.(...error),
    });
}

function headersOf({ headers }: Dispatcher.ResponseData): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}

function parseJson(text: string): unknown {
  if (!/^\s*[[{"\d-tfn]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
