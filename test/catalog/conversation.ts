import { readdir } from "node:fs/promises";

import { latin1 } from "../../src/model/bytes.ts";
import type {
  CatalogEntry,
  HttpExample,
  HttpReply,
  Match,
  Probe,
  ProbeExample,
  Reading,
} from "../../src/model/catalog.ts";
import { isObject } from "../../src/model/json.ts";

const FOLDER = new URL("../../src/catalog/services/", import.meta.url);

/** The types that the folder's file names promise, in the order of the alphabet. */
export async function typesInFolder(): Promise<string[]> {
  const names = await readdir(FOLDER);
  return names
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.slice(0, -3))
    .toSorted();
}

/** Every entry of the folder, registered or not, by the name of its file. */
export async function entriesInFolder(): Promise<Map<string, CatalogEntry>> {
  const types = await typesInFolder();
  return new Map(await Promise.all(types.map(async (type) => [type, await entryOf(type)] as const)));
}

async function entryOf(type: string): Promise<CatalogEntry> {
  const module: unknown = await import(new URL(`${type}.ts`, FOLDER).href);
  if (!isService(module)) throw new TypeError(`${type}.ts has no entry as its default export`);
  return module.default;
}

/** The compiler has checked what an entry holds; this checks that there is one. */
function isService(module: unknown): module is { readonly default: CatalogEntry } {
  return isObject(module) && isObject(module["default"]) && Array.isArray(module["default"]["examples"]);
}

/** How a reply reaches the reader: in one piece, or one byte more at every call. */
export type Feed = (read: Probe["read"], reply: Uint8Array) => Reading;

export const whole: Feed = (read, reply) => {
  const reading = read(reply, false);
  return reading?.kind === "more" ? read(reply, true) : reading;
};

export const byteByByte: Feed = (read, reply) => {
  for (let length = 1; length <= reply.length; length++) {
    const reading = read(reply.subarray(0, length), false);
    if (reading?.kind !== "more") return reading;
  }
  return read(reply, true);
};

/** What a conversation came to, and the questions in it. */
export interface Conversation {
  readonly match: Match | undefined;
  readonly asked: readonly Probe[];
}

/**
 * Asks `probe` and whatever its readings want asked next. `answer` is the peer: a question's bytes and its number
 * in, the reply out, undefined for silence. A later match refines an earlier one.
 */
export function converse(
  probe: Probe,
  answer: (send: Uint8Array | undefined, turn: number) => Uint8Array | undefined,
  feed: Feed = whole,
): Conversation {
  const asked: Probe[] = [];
  let match: Match | undefined;
  let question: Probe | undefined = probe;
  while (question !== undefined && asked.length < 8) {
    const reply = answer(question.send, asked.length);
    asked.push(question);
    const reading: Reading = reply === undefined ? undefined : feed(question.read, reply);
    question = undefined;
    if (reading?.kind === "match") {
      match = { ...match, ...reading.match };
      question = reading.next;
    }
    if (reading?.kind === "ask" || reading?.kind === "secure") question = reading.next;
  }
  return { match, asked };
}

export function repliesOf(example: ProbeExample): Uint8Array[] {
  return example.replies.map((reply) => (typeof reply === "string" ? latin1(reply) : reply));
}

export function isProbeExample(example: ProbeExample | HttpExample): example is ProbeExample {
  return "probe" in example;
}

/** The HTTP answer that an example stands for. */
export function httpReplyOf(example: HttpExample): HttpReply {
  const body = example.body ?? "";
  return { status: example.status ?? 200, headers: example.headers ?? {}, body, json: parsed(body) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The key by which questions are the same question: their bytes; nothing for the greeting. */
export function keyOf(send: Uint8Array | undefined): string {
  return send === undefined ? "" : String(send);
}

/** Every probe that an entry's examples reach: its first questions, and the ones that follow from them. */
export function probesOf(entry: CatalogEntry): Set<Probe> {
  const reached = new Set(entry.probes ?? []);
  for (const { replies, probe } of conversationsOf(entry))
    for (const asked of converse(probe, (_, turn) => replies[turn]).asked) reached.add(asked);
  return reached;
}

/** The probe examples of an entry with the probe each is about. */
export function conversationsOf(
  entry: CatalogEntry,
): { example: ProbeExample; probe: Probe; replies: Uint8Array[] }[] {
  return entry.examples.filter(isProbeExample).flatMap((example) => {
    const probe = entry.probes?.find(({ name }) => name === example.probe);
    return probe === undefined ? [] : [{ example, probe, replies: repliesOf(example) }];
  });
}

/**
 * The first probes of other entries that would be fed the same reply: those that ask the same, and those that
 * wait for a greeting, which may come late and so is looked for in every answer.
 */
export function rivalsOf(
  entries: readonly CatalogEntry[],
  entry: CatalogEntry,
  { send }: Probe,
): { entry: CatalogEntry; probe: Probe }[] {
  return entries
    .filter((other) => other !== entry)
    .flatMap((other) => (other.probes ?? []).map((probe) => ({ entry: other, probe })))
    .filter(({ probe }) => probe.send === undefined || keyOf(probe.send) === keyOf(send));
}
