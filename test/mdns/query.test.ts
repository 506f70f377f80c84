import * as fc from "fast-check";
import { expect, test } from "vitest";

import { decodeMessage } from "../../src/dns/decode.ts";
import type { DnsMessage, DnsRecord, Question } from "../../src/dns/message.ts";
import { queryPackets } from "../../src/mdns/query.ts";
import { name, ptr, txt } from "./records.ts";

const TYPE = name("_http._tcp.local");

function readAll(packets: readonly Uint8Array[]): DnsMessage[] {
  return packets.map(decodeMessage).filter((one) => one !== undefined);
}

function knownOf(count: number): DnsRecord[] {
  return Array.from({ length: count }, (_, at) => ptr(TYPE, [`instance number ${at}`, ...TYPE]));
}

test("questions go together, and known answers behind them in packets that say that more follow", () => {
  const known = knownOf(120);
  const question: Question = { name: TYPE, type: "PTR" };
  const packets = queryPackets([question], { id: 0, unicast: false, known: () => known });
  const messages = readAll(packets);
  expect(messages.length).toBeGreaterThan(2);
  expect(messages.map(({ truncated }) => truncated)).toEqual([...messages.slice(1).map(() => true), false]);
  expect(messages.map(({ questions }) => questions.length)).toEqual([1, ...messages.slice(1).map(() => 0)]);
  expect(messages.flatMap(({ answers }) => answers)).toEqual(known);
  expect(Math.max(...packets.map(({ length }) => length))).toBeLessThanOrEqual(1_400);
});

test("no more than eight packets of known answers follow, and one that fits in none is left out", () => {
  const huge = txt(
    TYPE,
    Array.from({ length: 8 }, () => "x".repeat(200)),
  );
  const question: Question = { name: TYPE, type: "PTR" };
  const known = [huge, ...knownOf(2_000)];
  const messages = readAll(queryPackets([question], { id: 0, unicast: false, known: () => known }));
  expect(messages).toHaveLength(9);
  expect(messages.at(-1)?.truncated).toBe(false);
  expect(messages.flatMap(({ answers }) => answers).some(({ type }) => type === "TXT")).toBe(false);
});

test("a name that cannot be written costs itself and no other question", () => {
  const good: Question = { name: TYPE, type: "PTR" };
  const bad: Question = { name: ["x".repeat(64), "local"], type: "A" };
  const messages = readAll(queryPackets([good, bad, good], { id: 0, unicast: false, known: () => [] }));
  expect(messages.flatMap(({ questions }) => questions)).toEqual([good, good]);
});

test("questions from a port of our own go each by itself", () => {
  const questions = ["a", "b", "c"].map((label): Question => ({ name: [label, "local"], type: "A" }));
  const messages = readAll(queryPackets(questions, { id: 9, unicast: true, known: () => [] }));
  expect(messages.map((one) => one.questions)).toEqual(questions.map((one) => [{ ...one, unicast: true }]));
});

test("any number of questions with any labels fits into packets, each once", () => {
  const label = fc.string({ unit: "binary", minLength: 1, maxLength: 15 });
  const question = fc
    .array(label, { minLength: 1, maxLength: 4 })
    .map((labels): Question => ({ name: [...labels, "local"], type: "SRV" }));
  fc.assert(
    fc.property(fc.array(question, { maxLength: 200 }), fc.boolean(), (questions, unicast) => {
      const packets = queryPackets(questions, { id: 7, unicast, known: () => [] });
      const messages = readAll(packets);
      expect(messages.flatMap((one) => one.questions.map(({ name }) => name))).toEqual(
        questions.map((one) => one.name),
      );
      expect(
        messages.every(
          ({ id, questions: some }) => id === 7 && some.every((one) => (one.unicast ?? false) === unicast),
        ),
      ).toBe(true);
      expect(packets.every(({ length }) => length <= 1_400)).toBe(true);
    }),
    { numRuns: 50 },
  );
});
