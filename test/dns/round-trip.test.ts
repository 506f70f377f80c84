import dnsPacket from "dns-packet";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { decodeMessage } from "../../src/dns/decode.ts";
import { encodeMessage, encodeQuery } from "../../src/dns/encode.ts";
import type { DnsMessage, DnsRecord, Name, Question } from "../../src/dns/message.ts";
import { anyMessage, messages, plainName, questions, records } from "./arbitrary.ts";

describe("what is encoded", () => {
  test("is decoded to the same, with any names and all types", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeMessage(encodeMessage(message))).toStrictEqual(message);
      }),
      { numRuns: 500 },
    );
  });

  test("is decoded to the same as a Buffer out of the middle of another", () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(9), (message, before) => {
        const bytes = encodeMessage(message);
        const around = Buffer.concat([Buffer.alloc(before, 0xff), bytes, Buffer.alloc(7, 0xff)]);
        const inside = around.subarray(before, before + bytes.length);
        expect(decodeMessage(inside)).toStrictEqual(message);
      }),
    );
  });

  test("is decoded to the same as a query, its known answers without cache-flush", () => {
    const known = fc.array(records(plainName), { maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(questions(plainName)),
        known,
        fc.boolean(),
        (questions, knownAnswers, truncated) => {
          const query = encodeQuery({ id: 0, recursionDesired: false, questions, knownAnswers, truncated });
          const answers = knownAnswers.map((record) => ({ ...record, cacheFlush: false }));
          expect(decodeMessage(query)).toStrictEqual({ ...EMPTY, truncated, questions, answers });
        },
      ),
    );
  });

  test("keeps the upper bits of the response code, which need an OPT record", () => {
    const badVersion = decodeMessage(encodeMessage({ response: true, rcode: 16 }));
    expect(badVersion).toStrictEqual({ ...EMPTY, response: true, rcode: 16, edns: true });
    expect(decodeMessage(encodeMessage({ rcode: 4095, edns: true }))).toMatchObject({ rcode: 4095 });
  });

  test("is not changed when the packet's buffer is used again", () => {
    const txt = { ...HEAD, type: "TXT", strings: [Uint8Array.of(1, 2, 3)] } as const;
    const bytes = Buffer.from(encodeMessage({ answers: [txt] }));
    const message = decodeMessage(bytes);
    bytes.fill(0xff);
    expect(message?.answers).toStrictEqual([txt]);
  });
});

const EMPTY: DnsMessage = {
  id: 0,
  response: false,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionDesired: false,
  rcode: 0,
  questions: [],
  answers: [],
  authorities: [],
  additionals: [],
  edns: false,
  faults: [],
};

const HEAD = { name: ["x", "test"], ttlSeconds: 120, cacheFlush: false } as const;

describe("an encoded packet", () => {
  test("is a query as in RFC 1035, with an OPT record where a size is given", () => {
    const query = encodeQuery({
      id: 0x1234,
      recursionDesired: true,
      questions: [{ name: ["_http", "_tcp", "Corp"], type: "SRV" }],
      ednsSize: 1232,
    });
    expect(hexOf(query)).toBe(
      "1234 0100 0001 0000 0000 0001 05 5f68747470 04 5f746370 04 436f7270 00 0021 0001 00 0029 04d0 00000000 0000".replaceAll(
        " ",
        "",
      ),
    );
  });

  test("has the QU bit in the question's class", () => {
    const name = ["a"];
    const plain = encodeQuery({ id: 0, recursionDesired: false, questions: [{ name, type: "ANY" }] });
    const unicast = encodeQuery({
      id: 0,
      recursionDesired: false,
      questions: [{ name, type: "ANY", unicast: true }],
    });
    expect(hexOf(plain).slice(24)).toBe("01610000ff0001");
    expect(hexOf(unicast).slice(24)).toBe("01610000ff8001");
  });

  test("points back to names it has, the longest end first", () => {
    const record = { ...HEAD, type: "PTR", target: ["y", "x", "test"] } as const;
    const bytes = encodeMessage({ answers: [record] });
    expect(hexOf(bytes).slice(24)).toBe("0178047465737400000c00010000007800040179c00c");
  });

  test("points to no name in other letters, which would change its case", () => {
    const names: readonly Name[] = [
      ["WwW", "test"],
      ["www", "test"],
      ["x", "TEST"],
    ];
    const sent = names.map((name): Question => ({ name, type: "A" }));
    const query = encodeQuery({ id: 0, recursionDesired: false, questions: sent });
    expect(decodeMessage(query)?.questions).toStrictEqual(sent);
  });

  test("points to no name whose dots are elsewhere", () => {
    const names: readonly Name[] = [["a.b"], ["a", "b"], ["a\\", "b"], ["a\\.b"]];
    const sent = names.map((name): Question => ({ name, type: "A" }));
    const query = encodeQuery({ id: 0, recursionDesired: false, questions: sent });
    expect(decodeMessage(query)?.questions).toStrictEqual(sent);
  });

  test("has the targets of SRV and NSEC records in full (RFC 2782; RFC 4034, section 4.1.1)", () => {
    const srv = { ...HEAD, type: "SRV", priority: 1, weight: 2, port: 3, target: HEAD.name } as const;
    const nsec = { ...HEAD, type: "NSEC", next: HEAD.name, types: [1, 28] } as const;
    const bytes = hexOf(encodeMessage({ answers: [srv, nsec] })).slice(24);
    const name = "0178047465737400";
    expect(bytes).toBe(
      `${name}0021000100000078000e000100020003${name}c00c002f000100000078000e${name}000440000008`,
    );
  });

  test("points no further than a pointer can", () => {
    const filler = {
      ...HEAD,
      type: "TXT",
      strings: Array.from({ length: 65 }, () => new Uint8Array(255)),
    } as const;
    const late: DnsRecord[] = ["a", "a", "b"].map((label) => ({
      ...HEAD,
      type: "PTR",
      target: [label, "far", "behind"],
    }));
    const answers = [filler, ...late];
    const bytes = encodeMessage({ answers });
    expect(bytes.length).toBeGreaterThan(0x4000);
    expect(decodeMessage(bytes)).toStrictEqual({ ...EMPTY, answers });
  });

  test("has an empty string in a TXT record without any (RFC 6763, section 6.1)", () => {
    const bytes = encodeMessage({ answers: [{ ...HEAD, type: "TXT", strings: [] }] });
    expect(decodeMessage(bytes)?.answers).toStrictEqual([
      { ...HEAD, type: "TXT", strings: [new Uint8Array()] },
    ]);
  });

  test.each<{ what: string; name: Name }>([
    { what: "an empty label", name: ["a", "", "b"] },
    { what: "a label of 64 bytes", name: ["é".repeat(32)] },
    { what: "256 bytes", name: Array.from({ length: 128 }, () => "a") },
  ])("cannot be made of a name with $what", ({ name }) => {
    const query = (): Uint8Array =>
      encodeQuery({ id: 1, recursionDesired: true, questions: [{ name, type: "A" }] });
    expect(query).toThrow(RangeError);
    const answers: DnsRecord[] = [{ ...HEAD, type: "SRV", priority: 0, weight: 0, port: 0, target: name }];
    expect(() => encodeMessage({ answers })).toThrow(RangeError);
  });

  test("cannot be made of a string or data that are too long for their length", () => {
    expect(() => encodeMessage({ answers: [txt(1, 256)] })).toThrow("256 bytes are too many for a string");
    expect(() => encodeMessage({ answers: [txt(256, 255)] })).toThrow(
      "65536 bytes are too many for a record",
    );
    expect(decodeMessage(encodeMessage({ answers: [txt(255, 255)] }))?.answers).toHaveLength(1);
  });
});

function txt(count: number, size: number): DnsRecord {
  return { ...HEAD, type: "TXT", strings: Array.from({ length: count }, () => new Uint8Array(size)) };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** dns-packet's words for a record. */
function theirs(record: DnsRecord): dnsPacket.Answer {
  const head = { name: dotted(record.name), ttl: record.ttlSeconds, flush: record.cacheFlush };
  switch (record.type) {
    case "A":
    case "AAAA":
      return { ...head, type: record.type, data: record.address };
    case "CNAME":
    case "NS":
    case "PTR":
      return { ...head, type: record.type, data: dotted(record.target) };
    case "SRV": {
      const { priority, weight, port, target } = record;
      return { ...head, type: "SRV", data: { priority, weight, port, target: dotted(target) } };
    }
    case "TXT":
      return { ...head, type: "TXT", data: record.strings.map((string) => Buffer.from(string)) };
    case "SOA": {
      const { primary, mailbox, serial, minimum } = record;
      const unread = { refresh: 0, retry: 0, expire: 0 };
      return {
        ...head,
        type: "SOA",
        data: { mname: dotted(primary), rname: dotted(mailbox), serial, ...unread, minimum },
      };
    }
    case "NSEC":
      return {
        ...head,
        type: "NSEC",
        data: { nextDomain: dotted(record.next), rrtypes: record.types.map(typeName) },
      };
  }
}

function dotted(name: Name): string {
  return name.length === 0 ? "." : name.join(".");
}

function typeName(type: number): string {
  return { 1: "A", 16: "TXT", 28: "AAAA", 33: "SRV", 47: "NSEC" }[type] ?? "PTR";
}

/** What dns-packet can hold: it knows types by name, and of those in NSEC records not all. */
const theirMessage: fc.Arbitrary<DnsMessage> = messages(plainName).map((message) => ({
  ...message,
  edns: false,
  questions: message.questions.flatMap(({ name, type }) => (type === "ANY" ? [] : [{ name, type }])),
  answers: message.answers.map(withKnownTypes),
  authorities: message.authorities.map(withKnownTypes),
  additionals: message.additionals.map(withKnownTypes),
}));

function withKnownTypes(record: DnsRecord): DnsRecord {
  return record.type === "NSEC" ? { ...record, types: [1, 16, 28, 33, 47] } : record;
}

function flagsOf(message: DnsMessage): number {
  const bits = [message.authoritative, message.truncated, message.recursionDesired].map(Number);
  return message.opcode * 0x800 + Number(`0b${bits.join("")}`) * 0x100 + message.rcode;
}

/** Its types know no ANY. */
function theirQuestion({ name, type }: Question): dnsPacket.Question[] {
  return type === "ANY" ? [] : [{ name: dotted(name), type }];
}

function theirPacket(message: DnsMessage): dnsPacket.Packet {
  return {
    type: message.response ? "response" : "query",
    id: message.id,
    flags: flagsOf(message),
    questions: message.questions.flatMap(theirQuestion),
    answers: message.answers.map(theirs),
    authorities: message.authorities.map(theirs),
    additionals: message.additionals.map(theirs),
  };
}

describe("dns-packet", () => {
  test("encodes what is decoded to the same here", () => {
    fc.assert(
      fc.property(theirMessage, (message) => {
        expect(decodeMessage(dnsPacket.encode(theirPacket(message)))).toStrictEqual(message);
      }),
      { numRuns: 300 },
    );
  });

  test("decodes what is encoded here to the same as what it encodes itself", () => {
    fc.assert(
      fc.property(theirMessage, (message) => {
        const ours = dnsPacket.decode(Buffer.from(encodeMessage(message)));
        expect(ours).toStrictEqual(dnsPacket.decode(dnsPacket.encode(theirPacket(message))));
        expect(ours).toMatchObject({ id: message.id, type: message.response ? "response" : "query" });
      }),
      { numRuns: 300 },
    );
  });

  test("sees the OPT record of a query", () => {
    const questions: Question[] = [{ name: ["a"], type: "A" }];
    const bytes = encodeQuery({ id: 7, recursionDesired: true, questions, ednsSize: 1232 });
    const { flag_rd, additionals } = dnsPacket.decode(Buffer.from(bytes));
    expect(flag_rd).toBe(true);
    expect(additionals).toMatchObject([{ type: "OPT", name: ".", udpPayloadSize: 1232, ednsVersion: 0 }]);
  });
});
