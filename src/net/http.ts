import { callbackify } from "node:util";

import type { Client, Dispatcher, buildConnector } from "undici";

import { urlHost } from "../model/endpoint.ts";
import { headerFault } from "../model/http-header.ts";
import type {
  Dial,
  HttpOptions,
  HttpSession,
  HttpSessionOptions,
  NoReply,
  TimedReply,
} from "../model/net.ts";
import { codeOf, readBody, textOf } from "./http-body.ts";
import { Requests, type Terms, socketFor } from "./http-socket.ts";
import { Lanes } from "./lanes.ts";

const MOST_HEADERS = 16 * 1024;
/** How long a connection may idle. */
const IDLE_MS = 1_000;
/** How long before the end of the time that a server gives an idle connection nothing is asked on it any more. */
const SOON_MS = 100;
/** A request has time for so many connections to be added beside one that is slow. */
const GROWTHS_A_REQUEST = 20;

const REQUEST_HEADERS = { "user-agent": "sonde (service discovery)", accept: "*/*" };

/** Made once: an abort without a reason makes an exception, and its stack, each time. */
const OVER = new Error("it is over");

/** See `Net.http`. */
export async function openHttpSession(options: HttpSessionOptions, dial: Dial): Promise<HttpSession> {
  const { Client } = await import("undici");
  const terms: Terms = { ...options, dial, requests: new Requests() };
  const settings: Client.Options = {
    pipelining: 1,
    maxHeaderSize: MOST_HEADERS,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    // One that idles gives its place in the budget back: others may wait for it.
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    keepAliveTimeoutThreshold: SOON_MS,
  };
  const openLine = (): Line => {
    const connect: buildConnector.connector = (_options, callback) => {
      line.connections++;
      connectBy(terms, (error, socket) => (error === null ? callback(null, socket) : callback(error, null)));
    };
    const line: Line = { client: new Client(originOf(options), { ...settings, connect }), connections: 0 };
    return line;
  };
  const lines = new Lanes(openLine, options.connections, options.timeoutMs / GROWTHS_A_REQUEST);
  const sendable = areSendable(options.headers ?? {});
  const ask = async (path: string): Promise<TimedReply | NoReply> =>
    sendable ? request(lines, path, terms) : { failure: "unsent", latencyMs: 0 };
  return {
    ask,
    get: async (path) => {
      const reply = await ask(path);
      return "failure" in reply ? undefined : reply;
    },
    handOver: (signal, nextDial) => void Object.assign(terms, { signal, dial: nextDial }),
    close: async () => {
      terms.first?.connection.close();
      await Promise.all(lines.all.map(({ client }) => client.destroy().catch(() => {})));
    },
  };
}

/** One connection after the other. */
interface Line {
  readonly client: Client;
  /** So many so far. */
  connections: number;
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

const connectBy = callbackify(socketFor);

/** One GET within its own deadline, whatever the peer does. */
async function request(lines: Lanes<Line>, path: string, terms: Terms): Promise<TimedReply | NoReply> {
  const { signal, timeoutMs, requests } = terms;
  const stop = new AbortController();
  const abort = (): void => stop.abort(OVER);
  const allowance = requests.begin(timeoutMs, abort);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  const line = await lines.enter(stop.signal);
  try {
    if (line === undefined) return noReply(new Error("its turn never came"), 0, terms, stop.signal);
    const before = line.connections;
    const outcome = await exchange(line, path, terms, stop.signal);
    // The peer was just closing a connection that had served before: a fresh one is sure to be meant.
    const isStale = before > 0 && line.connections === before;
    const isClosed = "failure" in outcome && outcome.failure === "closed";
    return isStale && isClosed ? await exchange(line, path, terms, stop.signal) : outcome;
  } finally {
    requests.end(allowance);
    signal.removeEventListener("abort", abort);
    if (line !== undefined) lines.leave(line);
  }
}

async function exchange(
  { client }: Line,
  path: string,
  terms: Terms,
  stop: AbortSignal,
): Promise<TimedReply | NoReply> {
  let sentAt: number | undefined;
  const askedAt = terms.first?.askedAt;
  const timed = whenSent(() => (sentAt = askedAt ?? performance.now()));
  try {
    const response = await client.compose(timed).request({
      method: "GET",
      path,
      headers: { ...REQUEST_HEADERS, ...terms.headers },
      signal: stop,
    });
    const raw = await readBody(response.body, (error) => (isTimeout(error, stop) ? "timeout" : "closed"));
    const headers = headersOf(response);
    const text = textOf(raw, headers["content-encoding"]);
    const latencyMs = since(sentAt);
    return { status: response.statusCode, headers, ...text, json: parseJson(text.body), latencyMs };
  } catch (error) {
    return noReply(error, since(sentAt), terms, stop);
  }
}

function since(sentAt: number | undefined): number {
  return sentAt === undefined ? 0 : performance.now() - sentAt;
}

function noReply(
  error: unknown,
  latencyMs: number,
  { signal, timeoutMs }: Pick<Terms, "signal" | "timeoutMs">,
  stop: AbortSignal,
): NoReply {
  const failure = (): NoReply["failure"] => {
    if (signal.aborted) return "cancelled";
    if (latencyMs === 0) return "unsent";
    // Who waited for a connection until then was not given the time to answer.
    if (isTimeout(error, stop)) return latencyMs < timeoutMs / 2 ? "unsent" : "timeout";
    const isGarbled = error instanceof Error && error.name === "HTTPParserError";
    return isGarbled || codeOf(error) === "UND_ERR_HEADERS_OVERFLOW" ? "garbled" : "closed";
  };
  return { failure: failure(), latencyMs };
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
