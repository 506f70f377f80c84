import { connect } from "node:net";

import type { DnsExchange } from "../model/net.ts";
import { dnsFailureOf } from "./dns-failure.ts";
import { type DnsWait, waitForReply } from "./dns-wait.ts";
import { isSelfConnected } from "./self-connect.ts";

/** A length of two bytes stands before each message (RFC 1035, section 4.2.2). */
const PREFIX = 2;
/** Nobody who has been asked one thing has so much to say: one longest message, and others that were not asked for. */
const MOST_BYTES = 4 * (PREFIX + 0xffff);

/** See `Net.dnsTcp`. */
export const dnsTcp: DnsExchange = (server, query, options) =>
  waitForReply(options, (wait) => converse(server, query, wait));

function converse(
  { address, port }: { readonly address: string; readonly port: number },
  query: Uint8Array,
  wait: DnsWait,
): () => void {
  const socket = connect({ host: address, port, noDelay: true });
  const messages = new Messages(wait);
  socket.on("error", (error) => wait.failed(dnsFailureOf(error)));
  socket.on("end", () => wait.failed("broken"));
  socket.on("close", () => wait.failed("broken"));
  socket.on("data", (chunk) => messages.take(chunk));
  socket.once("connect", () => {
    if (isSelfConnected(socket)) wait.failed("refused");
    // In one piece: some servers want the length and the message in one segment (RFC 7766, section 8).
    else socket.write(framed(query));
  });
  return () => {
    socket.removeAllListeners("end").removeAllListeners("close").removeAllListeners("data");
    // A reset leaves nothing in TIME_WAIT. Node loses the handle of a socket that is reset while it answers an end.
    if (socket.connecting || socket.readableEnded) socket.destroy();
    else socket.resetAndDestroy();
  };
}

function framed(query: Uint8Array): Buffer {
  const length = Buffer.alloc(PREFIX);
  length.writeUInt16BE(query.length);
  return Buffer.concat([length, query]);
}

/** Cuts a stream into messages, however it comes in pieces. */
class Messages {
  readonly #wait: DnsWait;
  #chunks: Buffer[] = [];
  #size = 0;
  #seen = 0;

  constructor(wait: DnsWait) {
    this.#wait = wait;
  }

  take(chunk: Buffer): void {
    this.#seen += chunk.length;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (let message = this.#next(); message !== undefined; message = this.#next())
      this.#wait.arrived(message);
    if (this.#seen > MOST_BYTES) this.#wait.failed("broken");
  }

  /** Joins the pieces only once a whole message is there, so that a byte at a time costs no more than it must. */
  #next(): Buffer | undefined {
    if (this.#size < PREFIX) return undefined;
    const [first] = this.#chunks;
    if (first === undefined || first.length < PREFIX) this.#chunks = [Buffer.concat(this.#chunks)];
    const end = PREFIX + (this.#chunks[0]?.readUInt16BE() ?? 0);
    if (this.#size < end) return undefined;
    const [only = Buffer.alloc(0), ...others] = this.#chunks;
    const whole = others.length === 0 ? only : Buffer.concat(this.#chunks);
    this.#chunks = whole.length > end ? [whole.subarray(end)] : [];
    this.#size -= end;
    return whole.subarray(PREFIX, end);
  }
}
