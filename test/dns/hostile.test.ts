import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decodeMessage } from "../../src/dns/decode.ts";
import { encodeMessage } from "../../src/dns/encode.ts";
import type { DnsMessage } from "../../src/dns/message.ts";
import { labelBytes, lengthFault, nameKey, nameText, parseName } from "../../src/dns/name.ts";
import { txtPairs } from "../../src/dns/txt.ts";
import { anyMessage } from "./arbitrary.ts";

/** A change to a packet: a byte, a word that a count, a length or a pointer may be, a cut, more of something. */
type Change = (bytes: Uint8Array) => Uint8Array;

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const awkwardByte = fc.oneof(fc.constantFrom(0, 1, 0x3f, 0x40, 0x80, 0xc0, 0xff), fc.nat(255));

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, awkwardByte).map(
    ([at, byte]): Change =>
      (bytes) =>
        replaced(bytes, at, [byte]),
  ),
  fc.tuple(place, place).map(([at, target]): Change => (bytes) => {
    const to = Math.floor(target * Math.min(bytes.length, 0x4000));
    return replaced(bytes, at, [0xc0 + (to >> 8), to & 255]);
  }),
  place.map(
    (at): Change =>
      (bytes) =>
        bytes.subarray(0, Math.floor(at * bytes.length)),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 20 })).map(
    ([at, more]): Change =>
      (bytes) =>
        inserted(bytes, Math.floor(at * bytes.length), more),
  ),
  fc.tuple(place, place).map(([at, from]): Change => (bytes) => {
    const start = Math.floor(from * bytes.length);
    return inserted(bytes, Math.floor(at * bytes.length), bytes.subarray(start, start + 40));
  }),
);

function replaced(bytes: Uint8Array, at: number, by: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const start = Math.floor(at * copy.length);
  copy.set(by.slice(0, copy.length - start), start);
  return copy;
}

function inserted(bytes: Uint8Array, at: number, more: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)]);
}

const mutated = fc
  .tuple(anyMessage, fc.array(change, { minLength: 1, maxLength: 6 }))
  .map(([message, changes]) => changes.reduce((bytes, change) => change(bytes), encodeMessage(message)));

/** Bytes behind a header that says there is plenty. */
const plenty = fc.uint8Array({ maxLength: 400 }).map((bytes) => {
  const header = [0, 0, 0x84, 0, 0, 3, 0, 200, 0, 200, 0, 200];
  return Uint8Array.from([...header, ...bytes]);
});

/** What is made of strangers' bytes keeps every bound, and can be written down and sent again. */
function expectSound(message: DnsMessage): void {
  const records = [...message.answers, ...message.authorities, ...message.additionals];
  expect(message.questions.length + records.length).toBeLessThanOrEqual(4096);
  expect(message.faults.length).toBeLessThanOrEqual(16);
  for (const fault of message.faults) expect(fault).toMatch(/^[ -~]{1,120}$/);
  for (const { name } of [...message.questions, ...records]) {
    expect(lengthFault(name.map(labelBytes))).toBeUndefined();
    expect(parseName(nameText(name))).toStrictEqual(name);
    expect(nameKey(name).length).toBeLessThanOrEqual(1020);
  }
  for (const record of records) {
    expect(record.ttlSeconds).toBeLessThanOrEqual(0x7fff_ffff);
    if (record.type === "TXT") txtPairs(record.strings);
  }
  const again = decodeMessage(encodeMessage(message));
  expect(withoutEmptyTxt(again)).toStrictEqual(withoutEmptyTxt({ ...message, faults: [] }));
}

/** A TXT record without strings goes out with an empty one. */
function withoutEmptyTxt(message: DnsMessage | undefined): unknown {
  return JSON.parse(
    JSON.stringify(message, (key, value: unknown) =>
      key === "strings" && Array.isArray(value) && value.length === 0 ? [new Uint8Array()] : value,
    ) ?? "null",
  );
}

describe("the decoder survives, and what it returns is sound, for", () => {
  test("any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const message = decodeMessage(bytes);
        expect(message === undefined).toBe(bytes.length < 12);
        if (message !== undefined) expectSound(message);
      }),
      { numRuns: 1000 },
    );
  });

  test("any bytes behind a header that promises records", () => {
    fc.assert(
      fc.property(plenty, (bytes) => {
        const message = decodeMessage(bytes);
        if (message !== undefined) expectSound(message);
        expect(message?.faults).not.toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test("packets with bytes, counts, lengths and pointers changed, cut off or put in", () => {
    fc.assert(
      fc.property(mutated, (bytes) => {
        const message = decodeMessage(bytes);
        if (message !== undefined) expectSound(message);
      }),
      { numRuns: 1000 },
    );
  });

  test("every packet cut at every place", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const bytes = encodeMessage(message);
        for (let length = 12; length < bytes.length; length++) {
          const part = decodeMessage(bytes.subarray(0, length));
          expect(part?.faults).toHaveLength(1);
          expect(message.answers.slice(0, part?.answers.length)).toStrictEqual(part?.answers);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe("a record whose data are garbage", () => {
  test("changes nothing about the others", () => {
    const garbled = fc.tuple(anyMessage, place, fc.uint8Array({ minLength: 1, maxLength: 30 }));
    fc.assert(
      fc.property(garbled, ([message, at, garbage]) => {
        const where = Math.floor(at * (message.answers.length + 1));
        // Its garbage goes in as the strings of a TXT record, and then it is called an A record of as many bytes.
        const name = ["garbage"];
        const marked = { name, ttlSeconds: 1, cacheFlush: false, type: "TXT", strings: [garbage] } as const;
        const answers = message.answers.toSpliced(where, 0, marked);
        const bytes = encodeMessage({ ...message, answers });
        const nameAt = Buffer.from(bytes).indexOf("\x07garbage\0\0\x10");
        bytes[nameAt + 10] = garbage.length === 3 ? 28 : 1;
        const read = decodeMessage(bytes);
        expect(read).toStrictEqual({ ...message, faults: [expect.stringMatching(/^answer \d \(A/)] });
      }),
    );
  });
});

/** Bytes that count how often one of them, or a stretch of them, is read. */
function counted(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly reads: () => number } {
  let reads = 0;
  const proxy = new Proxy(bytes, {
    get(target, key) {
      if (key === "subarray" || (typeof key === "string" && /^\d+$/.test(key))) reads++;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { bytes: proxy, reads: () => reads };
}

/** 64 KiB of records that all point into what the first one carries. */
function pointingInto(carried: Uint8Array, targets: readonly number[]): Uint8Array {
  const bytes = [0, 0, 0x84, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0];
  bytes.push(0, 0xff, 0xf0, 0, 1, 0, 0, 0, 0, carried.length >> 8, carried.length & 255, ...carried);
  for (let at = 0; bytes.length < 65_500; at++) {
    const target = 23 + (targets[at % targets.length] ?? 0);
    const pointer = [0xc0 | (target >> 8), target & 255];
    bytes.push(...pointer, 0, 12, 0, 1, 0, 0, 0, 120, 0, 2, ...pointer);
  }
  return Uint8Array.from(bytes);
}

/** Pieces of equal size, each of which ends with a pointer to the one before; the first ends with the root. */
function chain(labels: readonly number[], pieces: number): { carried: Uint8Array; starts: number[] } {
  const size = labels.length + 2;
  const bytes = Array.from({ length: pieces }, (_, at) => {
    const before = 23 + (at - 1) * size;
    return at === 0 ? [...labels, 0, 0] : [...labels, 0xc0 | (before >> 8), before & 255];
  });
  return { carried: Uint8Array.from(bytes.flat()), starts: bytes.map((_, at) => at * size) };
}

describe("little work is done for", () => {
  test.each([
    { what: "pointers to pointers to pointers", labels: [] },
    { what: "a label and a pointer, over and over", labels: [1, 0x61] },
    {
      what: "labels up to the bound, and then a pointer",
      labels: Array.from({ length: 120 }, () => [1, 0xff]).flat(),
    },
    {
      what: "one long label of no text, and a pointer",
      labels: [63, ...Array.from({ length: 63 }, () => 0xe6)],
    },
  ])("$what", ({ labels }) => {
    const { carried, starts } = chain(labels, Math.floor(16_000 / (labels.length + 2)));
    const { bytes, reads } = counted(pointingInto(carried, starts));
    const message = decodeMessage(bytes);
    // For every name as many steps as it may have labels and pointers, each of a few reads, and none for the rest.
    expect(message?.faults).toHaveLength(16);
    expect(reads()).toBeLessThan(4096 * 2 * 127 * 4);
  });

  test("names that are read already: they are the same ones", () => {
    const { carried, starts } = chain([1, 0x61], 60);
    const { bytes, reads } = counted(pointingInto(carried, starts));
    const message = decodeMessage(bytes);
    expect(message?.answers.length).toBeGreaterThan(4000);
    expect(reads()).toBeLessThan(4096 * 40);
  });
});
