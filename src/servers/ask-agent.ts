import type { Endpoint } from "../model/endpoint.ts";
import { stringAt } from "../model/json.ts";
import type { ConnectOutcome, Dial, NoReply, TimedReply } from "../model/net.ts";
import { readAgentStatus } from "./agent-status.ts";
import type { AskOptions, Asked } from "./asked.ts";
import { firstWords } from "./first-words.ts";

const PATH = "/status";

/** Asks a server for its status, at one address. Never rejects; ends with `signal`, whatever the peer does. */
export async function askAgent(endpoint: Endpoint, options: AskOptions): Promise<Asked> {
  const { net, hostname, timeoutMs, signal } = options;
  let connected: ConnectOutcome | undefined;
  const dial: Dial = async (to, dialOptions) => {
    const found = await net.dial(to, { ...dialOptions, onClose: () => {} });
    connected = typeof found === "string" ? found : "open";
    return typeof found === "string" ? undefined : found;
  };
  const target = { endpoint, tls: false, hostname, timeoutMs, signal };
  const session = await net.http({ ...target, connections: 1 }, dial);
  try {
    const reply = await session.ask(PATH);
    if (!("failure" in reply)) return readReply(reply, timeoutMs);
    if (connected !== "open") return unconnected(connected ?? "filtered", timeoutMs);
    return await readSilence(reply, endpoint, options);
  } finally {
    await session.close();
  }
}

function readReply(reply: TimedReply, timeoutMs: number): Asked {
  const status = readAgentStatus(reply.json);
  if (status !== undefined) {
    const refused = reply.status === 401 || reply.status === 403;
    return { kind: "agent", status, refused, latencyMs: reply.latencyMs };
  }
  const what = `HTTP ${reply.status}${serverText(reply)}`;
  if (reply.cut === "timeout")
    return error(`${what}, and an answer that did not end within ${inSeconds(timeoutMs)}`);
  const why = reply.cut === "size" ? ", and an answer of more than 64 KiB" : "";
  return error(`something else answers: ${what}${why}`);
}

function serverText({ headers, json }: TimedReply): string {
  const service = stringAt(json, "service");
  if (service !== undefined) return ` from service ${quoted(service)}`;
  const server = headers["server"];
  return server === undefined ? "" : ` from ${quoted(server)}`;
}

function unconnected(outcome: Exclude<ConnectOutcome, "open">, timeoutMs: number): Asked {
  switch (outcome) {
    case "closed":
    case "self": // nobody listens there: the kernel connected the socket to itself
      return { kind: "absent", summary: "connection refused: nothing listens there" };
    case "unreachable":
      return error("no way there: the host is down, or there is no route to it");
    case "exhausted":
      return error("this machine has no socket left to ask it with");
    case "filtered":
      return error(`no answer within ${inSeconds(timeoutMs)}`);
  }
}

/** Somebody took the connection, and did not answer as HTTP does. */
async function readSilence(reply: NoReply, endpoint: Endpoint, options: AskOptions): Promise<Asked> {
  if (reply.failure === "garbled" || reply.failure === "closed") {
    const said = await firstWords(endpoint, options);
    if (said !== undefined) return error(`something else answers: ${quoted(said)}`);
    const what = reply.failure === "closed" ? "it hung up without an answer" : "it answers with no HTTP";
    return error(`something else is there: ${what}`);
  }
  return error(`it took the connection, and did not answer within ${inSeconds(options.timeoutMs)}`);
}

function error(summary: string): Asked {
  return { kind: "error", summary };
}

const MOST_LETTERS = 80;

function quoted(text: string): string {
  return `"${text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text}"`;
}

/** `2.0 s`. */
export function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
