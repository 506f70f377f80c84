import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { latin1 } from "../../src/model/bytes.ts";
import type { CatalogEntry, HttpReply, Probe } from "../../src/model/catalog.ts";
import { byteByByte, conversationsOf, converse, entriesInFolder, probesOf, whole } from "./conversation.ts";

const entries = [...(await entriesInFolder()).values()];
const probing = entries.filter((entry) => entry.probes !== undefined);
const serving = entries.filter((entry) => entry.http !== undefined);
const LONG = 128 * 1024;

/** Readings of the same bytes while more may come and when none will. */
function readBoth(probe: Probe, reply: Uint8Array): ReturnType<Probe["read"]>[] {
  return [probe.read(reply, false), probe.read(reply, true)];
}

function repliesTo(entry: CatalogEntry): Uint8Array[] {
  return conversationsOf(entry).flatMap(({ replies }) => replies);
}

/** A real reply with a few bytes changed, cut somewhere, and something appended. */
function mutated(replies: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const changes = fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 })), { maxLength: 6 });
  return fc
    .tuple(fc.constantFrom(...replies), changes, fc.nat({ max: 600 }), fc.uint8Array({ maxLength: 40 }))
    .map(([reply, flips, kept, extra]) => {
      const bytes = Uint8Array.from([...reply.subarray(0, kept), ...extra]);
      for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });
}

describe.each(probing.map((entry) => ({ type: entry.type, entry })))("readers of $type", ({ entry }) => {
  const probes = [...probesOf(entry)];

  test("are total on any bytes, and wait no more once no more will come", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (reply) => {
        for (const probe of probes) {
          const [, last] = readBoth(probe, reply);
          if (reply.length > 0) expect(last?.kind).not.toBe("more");
        }
      }),
    );
  });

  test("are total on replies that are nearly right", () => {
    fc.assert(
      fc.property(mutated(repliesTo(entry)), (reply) => {
        for (const probe of probes) {
          const [, last] = readBoth(probe, reply);
          if (reply.length > 0) expect(last?.kind).not.toBe("more");
        }
      }),
      { numRuns: 300 },
    );
  });

  test("do not believe noise", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 300 }), (reply) => {
        for (const probe of probes) for (const reading of readBoth(probe, reply)) expectNoBelief(reading);
      }),
    );
  });

  test("do not believe one byte for ever", () => {
    for (const byte of [0x00, 0x01, 0x0a, 0x20, 0x30, 0x41, 0x7f, 0xff]) {
      const flood = new Uint8Array(LONG).fill(byte);
      for (const probe of probes) for (const reading of readBoth(probe, flood)) expectNoBelief(reading);
    }
  });

  test("survive a real reply that goes on for ever", () => {
    for (const reply of repliesTo(entry)) {
      const endless = new Uint8Array(LONG).fill(0x2d);
      endless.set(reply);
      for (const probe of probes) expect(readBoth(probe, endless)).toHaveLength(2);
    }
  });

  test.each([
    ["in one piece", whole],
    ["byte by byte", byteByByte],
  ])("claim nothing when their own question comes back %s", (_, feed) => {
    for (const probe of probes) expect(converse(probe, (send) => send, feed).match).toBeUndefined();
  });

  test("claim nothing when any other entry's question comes back", () => {
    const questions = probing.flatMap((other) => [...probesOf(other)].map(({ send }) => send));
    for (const probe of probes)
      for (const send of questions) expect(converse(probe, () => send).match).toBeUndefined();
  });
});

function expectNoBelief(reading: ReturnType<Probe["read"]>): void {
  if (reading?.kind === "match") expect(reading.match.confidence).toBeLessThanOrEqual(0.5);
}

describe.each(serving.map((entry) => ({ type: entry.type, entry })))("checks of $type", ({ entry }) => {
  test("are total on any answer", () => {
    fc.assert(
      fc.property(anyReply(), (reply) => {
        for (const check of entry.http ?? [])
          expect(check.read(reply)?.confidence ?? 0).toSatisfy((value: number) => value >= 0 && value <= 1);
      }),
      { numRuns: 300 },
    );
  });

  test("claim nothing when the request comes back as the answer", () => {
    for (const check of entry.carrier === true ? [] : (entry.http ?? [])) {
      const body = `GET ${check.path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
      const json = { method: "GET", path: check.path, url: check.path, headers: { host: "127.0.0.1" } };
      expect(check.read({ status: 200, headers: {}, body, json: undefined })).toBeUndefined();
      expect(check.read({ status: 200, headers: {}, body: JSON.stringify(json), json })).toBeUndefined();
    }
  });
});

function anyReply(): fc.Arbitrary<HttpReply> {
  const bodies = fc.oneof(fc.string({ maxLength: 200 }), fc.json(), fc.constant("<html>"));
  const headers = fc.dictionary(
    fc.constantFrom("server", "content-type", "www-authenticate", "location", "x-powered-by"),
    fc.string(),
  );
  return fc.record({
    status: fc.integer({ min: 100, max: 599 }),
    headers,
    body: bodies,
    json: fc.oneof(fc.constant(undefined), fc.jsonValue()),
  });
}

test("a question that is cut off is still nobody's answer", () => {
  for (const entry of probing)
    for (const probe of probesOf(entry))
      for (let length = 1; length <= (probe.send?.length ?? 0); length++)
        expect(converse(probe, () => probe.send?.subarray(0, length)).match).toBeUndefined();
});

test("an empty reply is nobody's answer", () => {
  for (const entry of probing)
    for (const probe of probesOf(entry))
      for (const reading of readBoth(probe, latin1(""))) expect(reading?.kind).not.toBe("match");
});
