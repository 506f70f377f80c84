import { deflateRawSync, inflateRawSync } from "node:zlib";

import { type Json, type JsonObject, asObject } from "../../model/json.ts";
import type { Observation } from "../../model/observation.ts";
import type { SweptEndpoint } from "../../model/strategy.ts";
import type { Portion } from "../../scan/deal.ts";
import type { StretchMark } from "../../scan/stretch.ts";
import type { SweepMark } from "../../scan/sweep.ts";
import { type Counts, ENDS, noCounts } from "../../scan/tally.ts";
import { observationFrom } from "../check-observation.ts";

/**
 * The lines of a checkpoint's journal, each a JSON object of one member: what was found open, what was observed, which
 * endpoints are done with, and how far the sweep is. A later `mark` makes earlier ones void.
 */
export type Line =
  | { readonly open: SweptEndpoint }
  | { readonly observed: Observation }
  | { readonly done: string }
  | { readonly mark: SweepMark };

/** A mark's bit sets are long and dull: packed (RFC 1951), it is a hundredth of that. */
export function lineText(line: Line): string {
  if (!("mark" in line)) return JSON.stringify(line);
  const { place, done, portions } = line.mark;
  const plain = JSON.stringify({ place, done, portions: portions.map(plainPortion) });
  return JSON.stringify({ mark: deflateRawSync(plain).toString("base64") });
}

export function isMark(text: string): boolean {
  return text.startsWith('{"mark":');
}

/**
 * Throws an Error for anything that `lineText` does not write.
 *
 * @param mostBytes So long may a mark's plain text be.
 */
export function parseLine(text: string, mostBytes: number): Line {
  const line = asObject(jsonOf(text)) ?? {};
  if (typeof line["mark"] === "string") return { mark: markOf(unpacked(line["mark"], mostBytes)) };
  if (typeof line["done"] === "string") return { done: line["done"] };
  if (line["observed"] !== undefined) return { observed: observationFrom(line["observed"]) };
  return { open: sweptOf(asObject(line["open"]) ?? {}) };
}

function unpacked(packed: string, maxOutputLength: number): JsonObject {
  return asObject(jsonOf(inflated(Buffer.from(packed, "base64"), maxOutputLength))) ?? {};
}

function inflated(packed: Uint8Array, maxOutputLength: number): string {
  try {
    return inflateRawSync(packed, { maxOutputLength }).toString();
  } catch (cause) {
    throw new Error("what is packed in it is broken, or too long", { cause });
  }
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error("it is no JSON", { cause });
  }
}

function plainPortion({ mark, ...portion }: Portion): JsonObject {
  const plain = { ...portion, ...(portion.counts && { counts: { ...portion.counts } }) };
  if (mark === undefined) return plain;
  return { ...plain, settled: textOf(mark.settled), silent: textOf(mark.silent), alive: textOf(mark.alive) };
}

function textOf(bits: Uint8Array): string {
  return Buffer.from(bits).toString("base64");
}

function markOf({ place, done, portions }: JsonObject): SweepMark {
  const { host, port } = asObject(place) ?? {};
  if (!Array.isArray(portions)) throw new Error("its portions are missing");
  return {
    place: { host: whole(host), port: whole(port) },
    done: countsOf(done),
    portions: portions.map((portion: Json) => portionOf(asObject(portion) ?? {})),
  };
}

function portionOf(portion: JsonObject): Portion {
  const { firstHost, hosts, firstPort, ports, counts, settled, silent, alive } = portion;
  const mark = settled === undefined ? undefined : bitsOf(settled, silent, alive);
  return {
    firstHost: whole(firstHost),
    hosts: whole(hosts),
    firstPort: whole(firstPort),
    ports: whole(ports),
    ...(counts !== undefined && { counts: countsOf(counts) }),
    ...(mark !== undefined && { mark }),
  };
}

function bitsOf(...sets: readonly (Json | undefined)[]): StretchMark {
  const [settled, silent, alive] = sets.map((set) => {
    if (typeof set !== "string") throw new Error("a bit set is missing");
    return new Uint8Array(Buffer.from(set, "base64"));
  });
  if (settled === undefined || silent === undefined || alive === undefined) throw new Error("no bit sets");
  return { settled, silent, alive };
}

function countsOf(value: Json | undefined): Counts {
  const counts = noCounts();
  for (const end of ENDS) counts[end] = whole(asObject(value)?.[end]);
  return counts;
}

function whole(value: Json | undefined): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw new Error(`${JSON.stringify(value)} is no count`);
  return value;
}

/** An open endpoint is checked as an observation of it would be. */
function sweptOf(open: JsonObject): SweptEndpoint {
  const { endpoint, latencyMs = 0 } = observationFrom({ strategy: "sweep", at: 0, ...open });
  return { endpoint, outcome: "open", latencyMs };
}
