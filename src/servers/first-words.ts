import type { Endpoint } from "../model/endpoint.ts";
import type { AskOptions } from "./asked.ts";

/** Who greets does so at once. */
const GREETING_MS = 300;
/** Who answers what he does not understand does so at once, too. */
const ANSWER_MS = 300;
const QUESTION = Buffer.from("GET /status HTTP/1.0\r\n\r\n");
/** Enough of a line to tell what it is. */
const MOST_BYTES = 200;

/**
 * What a peer that speaks no HTTP says, of itself or when it is asked: its first line. Undefined where it says nothing.
 * Never rejects.
 */
export async function firstWords(
  endpoint: Endpoint,
  { net, timeoutMs, signal }: Pick<AskOptions, "net" | "timeoutMs" | "signal">,
): Promise<string | undefined> {
  const connection = await net.dial(endpoint, { timeoutMs, signal, onClose: () => {} });
  if (typeof connection === "string") return undefined;
  try {
    const greeting = await connection.until(firstLine, GREETING_MS, signal);
    if (greeting !== undefined) return greeting;
    connection.send(QUESTION);
    return await connection.until(firstLine, ANSWER_MS, signal);
  } finally {
    connection.close();
  }
}

/** A line, or as much as there will be of it. Latin-1: whatever bytes these are, they are shown. */
function firstLine(received: Uint8Array, ended: boolean): string | undefined {
  const text = Buffer.from(received.subarray(0, MOST_BYTES)).toString("latin1");
  const [line = "", ...more] = text.trimStart().split(/[\r\n]/);
  if (line === "") return undefined;
  return ended || more.length > 0 || received.length >= MOST_BYTES ? line.trimEnd() : undefined;
}
