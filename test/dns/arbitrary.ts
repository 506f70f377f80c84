import * as fc from "fast-check";

import type { DnsMessage, DnsRecord, Name, Question, QuestionType } from "../../src/dns/message.ts";
import { labelBytes, labelText, lengthFault } from "../../src/dns/name.ts";
import { formatIpv4 } from "../../src/targets/ipv4.ts";
import { formatIpv6 } from "../../src/targets/ipv6.ts";

/** Labels that programs get wrong: dots, blanks, escapes, other alphabets, bytes that are no UTF-8. */
const AWKWARD = [
  "Dr. Foo v1.2 é",
  ".",
  "\\",
  "\\046",
  " ",
  "\0",
  "\u0085",
  "-",
  "_http",
  "日本語",
  "😀",
  "\ufeffbom",
  "\udc80",
  "a\udcffb",
  "__proto__",
];

const anyBytes: fc.Arbitrary<string> = fc
  .uint8Array({ minLength: 1, maxLength: 63 })
  .map((bytes) => labelText(bytes));

const anyText: fc.Arbitrary<string> = fc
  .string({ unit: "binary", minLength: 1, maxLength: 63 })
  .filter((text) => labelBytes(text).length <= 63);

const label: fc.Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^[a-z]{1,3}$/),
  fc.constantFrom(...AWKWARD),
  anyBytes,
  anyText,
);

/** Names of all lengths up to the longest, and those of 127 labels. */
export const anyName: fc.Arbitrary<Name> = fc.oneof(
  { weight: 20, arbitrary: fc.array(label, { maxLength: 8 }).map(fitting) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom("a", "b", "."), { minLength: 100, maxLength: 127 }) },
);

function fitting(labels: readonly string[]): Name {
  const bytes = labels.map(labelBytes);
  return labels.filter((_, at) => lengthFault(bytes.slice(0, at + 1)) === undefined);
}

/** Names of ASCII labels without dots: what dns-packet can hold. */
export const plainName: fc.Arbitrary<Name> = fc.array(fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/), {
  maxLength: 6,
});

/** Records with the prototype that all objects have. */
function plain<T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record<T>(members, { noNullPrototype: true });
}

const word: fc.Arbitrary<number> = fc.nat(0xffff);
const seconds: fc.Arbitrary<number> = fc.nat(0x7fff_ffff);
const number32: fc.Arbitrary<number> = fc.nat(0xffff_ffff);

const ipv4: fc.Arbitrary<string> = number32.map(formatIpv4);
/** With runs of zeros, and IPv4-mapped ones. */
const ipv6: fc.Arbitrary<string> = fc
  .oneof(
    fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
    fc
      .array(fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 0xffffn })), { minLength: 8, maxLength: 8 })
      .map((groups) => groups.reduce((value, group) => value * 65536n + group, 0n)),
    number32.map((value) => 0xffff_0000_0000n + BigInt(value)),
  )
  .map(formatIpv6);

const strings: fc.Arbitrary<Uint8Array[]> = fc.array(fc.uint8Array({ maxLength: 255 }), {
  minLength: 1,
  maxLength: 5,
});

const types: fc.Arbitrary<number[]> = fc
  .uniqueArray(fc.oneof(word, fc.nat(300)), { maxLength: 12 })
  .map((types) => types.toSorted((a, b) => a - b));

/** Records of every type with such names in them. */
export function records(name: fc.Arbitrary<Name>): fc.Arbitrary<DnsRecord> {
  const head = { name, ttlSeconds: seconds, cacheFlush: fc.boolean() };
  const withTarget = { ...head, target: name };
  return fc.oneof(
    plain({ ...head, type: fc.constant("A" as const), address: ipv4 }),
    plain({ ...head, type: fc.constant("AAAA" as const), address: ipv6 }),
    plain({ ...withTarget, type: fc.constantFrom("CNAME" as const, "NS" as const, "PTR" as const) }),
    plain({ ...withTarget, type: fc.constant("SRV" as const), priority: word, weight: word, port: word }),
    plain({ ...head, type: fc.constant("TXT" as const), strings }),
    plain({
      ...head,
      type: fc.constant("SOA" as const),
      primary: name,
      mailbox: name,
      serial: number32,
      minimum: seconds,
    }),
    plain({ ...head, type: fc.constant("NSEC" as const), next: name, types }),
  );
}

const QUESTION_TYPES: readonly QuestionType[] = [
  "A",
  "AAAA",
  "CNAME",
  "NS",
  "PTR",
  "SRV",
  "TXT",
  "SOA",
  "NSEC",
  "ANY",
];

export function questions(name: fc.Arbitrary<Name>): fc.Arbitrary<Question> {
  const question = { name, type: fc.constantFrom(...QUESTION_TYPES) };
  return fc.oneof(plain(question), plain({ ...question, unicast: fc.constant(true) }));
}

/** Messages whose names share labels, so that much of them is compressed. */
export const anyMessage: fc.Arbitrary<DnsMessage> = fc
  .array(anyName, { minLength: 1, maxLength: 4 })
  .chain((names) => messages(fc.oneof(fc.constantFrom(...names), anyName)));

export function messages(name: fc.Arbitrary<Name>): fc.Arbitrary<DnsMessage> {
  const section = fc.array(records(name), { maxLength: 4 });
  return plain({
    id: word,
    response: fc.boolean(),
    opcode: fc.nat(15),
    authoritative: fc.boolean(),
    truncated: fc.boolean(),
    recursionDesired: fc.boolean(),
    rcode: fc.nat(15),
    questions: fc.array(questions(name), { maxLength: 3 }),
    answers: section,
    authorities: section,
    additionals: section,
    edns: fc.boolean(),
    faults: fc.constant([]),
  });
}
