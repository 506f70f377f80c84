import { createSocket } from "node:dgram";
import { type Socket, createServer } from "node:net";

import { decodeMessage } from "../../src/dns/decode.ts";
import { encodeMessage } from "../../src/dns/encode.ts";
import type { DnsMessage, DnsRecord, Name, Question } from "../../src/dns/message.ts";
import { isUnder, nameText, sameName } from "../../src/dns/name.ts";
import type { NameServer } from "../../src/model/strategy.ts";
import { listening } from "../lab/listening.js";
import { name, soa } from "./scripted-servers.ts";

/** What a test's name server knows, and how it behaves. */
export interface NameServerOptions {
  /** Zones it answers for; it refuses to speak of others. */
  readonly zones: readonly string[];
  readonly records: readonly DnsRecord[];
  /** False: what is not there is denied without a SOA record, and so is the zone's own. */
  readonly tellsSoa?: boolean;
  /** What is sent instead of the honest reply, over UDP or TCP; undefined: that reply. */
  readonly meddle?: (asked: Asked, honest: DnsMessage) => readonly Uint8Array[] | undefined;
  readonly host?: string;
}

export interface Asked {
  readonly over: "udp" | "tcp";
  readonly query: DnsMessage;
  readonly question: Question;
  /** `SRV _http._tcp.corp.test`, in lower case. */
  readonly text: string;
  /** Who asked, over UDP. */
  readonly from?: { readonly address: string; readonly port: number };
}

export interface TestServer extends NameServer {
  readonly asked: Asked[];
  close(): Promise<void>;
}

const UDP_BYTES = { plain: 512, edns: 1232 };

/** A small authoritative name server of 127.0.0.1, with UDP and TCP on one port. */
export async function startNameServer(options: NameServerOptions): Promise<TestServer> {
  const { host: address = "127.0.0.1" } = options;
  const asked: Asked[] = [];
  const repliesTo = (
    bytes: Uint8Array,
    over: "udp" | "tcp",
    from?: { readonly address: string; readonly port: number },
  ): readonly Uint8Array[] => {
    const query = decodeMessage(bytes);
    const question = query?.questions[0];
    if (query === undefined || question === undefined) return [];
    const text = `${question.type} ${nameText(question.name).toLowerCase()}`;
    const one = { over, query, question, text, ...(from && { from }) };
    asked.push(one);
    const honest = answerTo(query, question, options);
    return options.meddle?.(one, honest) ?? [packetOf(honest, over)];
  };
  const stream = await listening(
    createServer((socket) => serveStream(socket, repliesTo)),
    { host: address },
  );
  const { port } = stream;
  const datagrams = createSocket(address.includes(":") ? "udp6" : "udp4");
  datagrams.on("message", (bytes, from) => {
    for (const reply of repliesTo(bytes, "udp", from)) datagrams.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve, reject) => {
    datagrams.once("error", reject);
    datagrams.bind(port, address, resolve);
  });
  const close = async (): Promise<void> => {
    await new Promise<void>((resolve) => void datagrams.close(() => resolve()));
    await stream.close();
  };
  return { address, port, asked, close };
}

function packetOf(message: DnsMessage, over: "udp" | "tcp"): Uint8Array {
  const bytes = encodeMessage(message);
  const most = message.edns ? UDP_BYTES.edns : UDP_BYTES.plain;
  if (over === "tcp" || bytes.length <= most) return bytes;
  return encodeMessage({ ...message, truncated: true, answers: [], authorities: [], additionals: [] });
}

function serveStream(
  socket: Socket,
  repliesTo: (bytes: Uint8Array, over: "tcp") => readonly Uint8Array[],
): void {
  socket.on("error", () => {});
  let heard = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    heard = Buffer.concat([heard, chunk]);
    while (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE()) {
      const end = 2 + heard.readUInt16BE();
      for (const reply of repliesTo(heard.subarray(2, end), "tcp")) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        socket.write(Buffer.concat([length, reply]));
      }
      heard = heard.subarray(end);
    }
  });
}

function answerTo(query: DnsMessage, question: Question, options: NameServerOptions): DnsMessage {
  const { zones, records, tellsSoa = true } = options;
  const zone = zones.map(name).find((one) => isUnder(question.name, one));
  const { id, questions, edns } = query;
  const head = { ...query, id, questions, edns, response: true, authoritative: true };
  const reply = { ...head, rcode: 0, answers: [], authorities: [], additionals: [] };
  if (zone === undefined) return { ...reply, authoritative: false, rcode: 5 };
  const own = soa(nameText(zone), 60, 30);
  const all = tellsSoa ? [...records, own] : records;
  const answers = chainOf(question, all);
  const last = answers.at(-1);
  const end = last?.type === "CNAME" ? last.target : question.name;
  const denied = last === undefined || last.type === "CNAME";
  const known = all.some((one) => isUnder(one.name, end)) || ownersOf(end, all).length > 0;
  const additionals = answers.flatMap((one) =>
    one.type === "SRV" ? all.filter(({ name, type }) => isAddress(type) && sameName(name, one.target)) : [],
  );
  const authorities = denied && tellsSoa ? [own] : [];
  return { ...reply, rcode: denied && !known ? 3 : 0, answers, authorities, additionals };
}

/** Records of the name, or of the wildcard that covers it, with the aliases on the way. */
function chainOf({ name: start, type }: Question, records: readonly DnsRecord[]): DnsRecord[] {
  const chain: DnsRecord[] = [];
  for (let owner = start; chain.length < 20;) {
    const here = ownersOf(owner, records);
    const found = here.filter((one) => one.type === type);
    const alias = here.find((one) => one.type === "CNAME");
    if (found.length > 0) return [...chain, ...found];
    if (alias?.type !== "CNAME") return chain;
    chain.push(alias);
    owner = alias.target;
  }
  return chain;
}

function ownersOf(owner: Name, records: readonly DnsRecord[]): DnsRecord[] {
  const exact = records.filter((one) => sameName(one.name, owner));
  if (exact.length > 0 || records.some((one) => isUnder(one.name, owner))) return exact;
  for (let at = 1; at < owner.length; at++) {
    const parent = owner.slice(at);
    const wild = records.filter((one) => sameName(one.name, ["*", ...parent]));
    if (wild.length > 0) return wild.map((one) => ({ ...one, name: owner }));
    if (records.some((one) => isUnder(one.name, parent))) return [];
  }
  return [];
}

function isAddress(type: string): boolean {
  return type === "A" || type === "AAAA";
}
