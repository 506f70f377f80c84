import { describe, expect, test } from "vitest";

import { decodeMessage } from "../../src/dns/decode.ts";
import { encodeQuery } from "../../src/dns/encode.ts";
import type { DnsMessage } from "../../src/dns/message.ts";
import { hex, latin1 } from "../../src/model/bytes.ts";

/** x.test at 12, where every packet here has its question. */
const QUESTION = "01 78 04 74 65 73 74 00 0001 0001";
const X_TEST = ["x", "test"];
const OWNER = "c00c";
const GOOD = `${OWNER} 0001 0001 00000078 0004 0a000001`;
const GOOD_RECORD = { name: X_TEST, type: "A", ttlSeconds: 120, cacheFlush: false, address: "10.0.0.1" };

/** A response to the question, its answers in hex digits. */
function response(...answers: readonly string[]): DnsMessage {
  const count = answers.length.toString(16).padStart(4, "0");
  return decoded(`0007 8580 0001 ${count} 0000 0000 ${QUESTION} ${answers.join("")}`);
}

function decoded(digits: string): DnsMessage {
  const message = decodeMessage(hex(digits));
  if (message === undefined) throw new Error("no header");
  return message;
}

/** An answer of x.test with these data and their true length. */
function answer(type: number, data: string): string {
  return `${OWNER} ${word(type)} 0001 00000078 ${word(hex(data).length)} ${data}`;
}

function word(number: number): string {
  return number.toString(16).padStart(4, "0");
}

describe("a header", () => {
  test("is 12 bytes, or there is no message", () => {
    for (let length = 0; length < 12; length++) expect(decodeMessage(new Uint8Array(length))).toBeUndefined();
    expect(decodeMessage(new Uint8Array(12))).toStrictEqual({
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
    });
  });

  test.each([
    { flags: "8000", set: { response: true } },
    { flags: "7800", set: { opcode: 15 } },
    { flags: "0400", set: { authoritative: true } },
    { flags: "0200", set: { truncated: true } },
    { flags: "0100", set: { recursionDesired: true } },
    { flags: "000f", set: { rcode: 15 } },
    { flags: "00f0", set: {} },
  ])("with $flags says $set and no more", ({ flags, set }) => {
    const none = decoded("0000 0000 0000 0000 0000 0000");
    expect(decoded(`0000 ${flags} 0000 0000 0000 0000`)).toStrictEqual({ ...none, ...set });
  });
});

describe("mDNS", () => {
  const INSTANCE = ["Dr. Foo v1.2 é", "_http", "_tcp", "local"];

  test("names an instance by one label, dots and all, and it can be asked for", () => {
    const label = "0f 44722e20466f6f2076312e3220c3a9";
    const message = decoded(
      `0000 8400 0000 0001 0000 0000 05 5f68747470 04 5f746370 05 6c6f63616c 00 000c 0001 00001194 0012 ${label} c00c`,
    );
    expect(message.answers).toMatchObject([{ type: "PTR", target: INSTANCE }]);
    const query = encodeQuery({
      id: 0,
      recursionDesired: false,
      questions: [{ name: INSTANCE, type: "SRV" }],
    });
    expect(Buffer.from(query).toString("hex")).toContain(label.replace(" ", ""));
  });

  test("has a QU bit in questions and a cache-flush bit in records", () => {
    const message = decoded(
      `0000 0000 0002 0001 0000 0000 01 61 00 0001 8001 c00c 0001 0001 c00c 0001 8001 00000078 0004 0a000001`,
    );
    expect(message.questions).toStrictEqual([
      { name: ["a"], type: "A", unicast: true },
      { name: ["a"], type: "A" },
    ]);
    expect(message.answers).toMatchObject([{ cacheFlush: true, address: "10.0.0.1" }]);
  });
});

describe("a record", () => {
  test("of a type or class that nobody asked for is left out without a word", () => {
    const message = response(
      answer(15, "000a c00c"),
      answer(65, "ff"),
      `${OWNER} 0001 0003 00000078 0004 0a000002`,
      `${OWNER} 0001 00ff 00000078 0000`,
      `${OWNER} 0029 0001 00000078 0000`,
      GOOD,
    );
    expect(message).toMatchObject({ answers: [GOOD_RECORD], faults: [], edns: false, rcode: 0 });
  });

  test("with a TTL that has the top bit lives for 0 seconds (RFC 2181, section 8)", () => {
    const [first, second] = ["80000001", "7fffffff"].map((ttl) => GOOD.replace("00000078", ttl));
    expect(response(first ?? "", second ?? "").answers).toMatchObject([
      { ttlSeconds: 0 },
      { ttlSeconds: 0x7fff_ffff },
    ]);
  });

  test("may have no strings (RFC 6763, section 6.1), and empty ones", () => {
    expect(response(answer(16, ""), answer(16, "00 01 61 00")).answers).toMatchObject([
      { strings: [] },
      { strings: [new Uint8Array(), latin1("a"), new Uint8Array()] },
    ]);
  });

  test("says of a zone how long its negatives live", () => {
    const soa = "c00c 01 68 c00c 0000002a 00000001 00000002 00000003 0000003c";
    expect(response(answer(6, soa)).answers).toMatchObject([
      { type: "SOA", primary: X_TEST, mailbox: ["h", "x", "test"], serial: 42, minimum: 60 },
    ]);
  });

  test("says which types there are", () => {
    const nsec = "c00c 00 05 40 00 00 00 08 01 01 40";
    expect(response(answer(47, nsec)).answers).toMatchObject([
      { type: "NSEC", next: X_TEST, types: [1, 36, 257] },
    ]);
  });

  test.each([
    ["00000000 00000000 00000000 00000000", "::"],
    ["00000000 00000000 00000000 00000001", "::1"],
    ["20010db8 00000001 00000000 00000001", "2001:db8:0:1::1"],
    ["20010000 00000001 00000000 00000001", "2001:0:0:1::1"],
    ["00010000 00000002 00000000 00000003", "1:0:0:2::3"],
    ["fe800000 00000000 00000001 00000002", "fe80::1:0:2"],
    ["00000000 00000000 0000ffff 0a000001", "::ffff:10.0.0.1"],
  ])("with the address %s says %s (RFC 5952)", (data, address) => {
    expect(response(answer(28, data)).answers).toMatchObject([{ type: "AAAA", address }]);
  });
});

describe("an OPT record", () => {
  const OPT = "00 0029 04d0 01000000 0000";

  test("has the upper bits of the response code", () => {
    expect(decoded(`0000 8000 0000 0000 0000 0001 ${OPT}`)).toMatchObject({
      edns: true,
      rcode: 16,
      additionals: [],
      faults: [],
    });
  });

  test("counts once, and among the additional records only (RFC 6891, section 6.1.1)", () => {
    const second = OPT.replace("01000000", "02000000");
    expect(decoded(`0000 8000 0000 0000 0000 0002 ${OPT} ${second}`)).toMatchObject({
      edns: true,
      rcode: 16,
    });
    expect(decoded(`0000 8000 0000 0001 0000 0000 ${OPT}`)).toMatchObject({ edns: false, rcode: 0 });
  });
});

describe("a bad record is a fault, and those around it stand:", () => {
  test.each([
    { what: "an A of 2 bytes", type: 1, data: "0102", fault: "2 bytes are no address" },
    { what: "an A of 5 bytes", type: 1, data: "0102030405", fault: "5 bytes are no address" },
    { what: "an A without data", type: 1, data: "", fault: "0 bytes are no address" },
    { what: "an AAAA of 4 bytes", type: 28, data: "01020304", fault: "4 bytes are no address" },
    { what: "a PTR without data", type: 12, data: "", fault: "a name runs past its end" },
    { what: "a PTR without end", type: 12, data: "01 61", fault: "a name runs past its end" },
    {
      what: "a PTR with a label into the next record",
      type: 12,
      data: "05 61",
      fault: "a name runs past its end",
    },
    { what: "a PTR with half a pointer", type: 12, data: "c0", fault: "a name runs past its end" },
    { what: "a PTR with bytes left over", type: 12, data: "c00c 00", fault: "1 bytes are left over" },
    { what: "a CNAME that points ahead", type: 5, data: "c0ff", fault: "a name's pointer leads nowhere" },
    {
      what: "an NS that points into the header",
      type: 2,
      data: "c000",
      fault: "a name's pointer leads nowhere",
    },
    {
      what: "a PTR with a label of a reserved kind",
      type: 12,
      data: "41 61 00",
      fault: "a label of a kind that nobody uses",
    },
    { what: "an SRV that ends in its port", type: 33, data: "0000 0000 00", fault: "the data end too soon" },
    { what: "an SRV without a target", type: 33, data: "0000 0000 0050", fault: "a name runs past its end" },
    { what: "a TXT whose string is longer", type: 16, data: "01 61 05 62", fault: "the data end too soon" },
    { what: "an SOA without its numbers", type: 6, data: "00 00 00000001", fault: "the data end too soon" },
    {
      what: "an NSEC with windows out of order",
      type: 47,
      data: "00 01 01 40 00 01 40",
      fault: "no list of types",
    },
    { what: "an NSEC with an empty window", type: 47, data: "00 00 00", fault: "no list of types" },
    {
      what: "an NSEC with too long a window",
      type: 47,
      data: `00 00 21 ${"ff".repeat(33)}`,
      fault: "no list of types",
    },
  ])("$what", ({ type, data, fault }) => {
    const message = response(GOOD, answer(type, data), GOOD);
    expect(message.answers).toStrictEqual([GOOD_RECORD, GOOD_RECORD]);
    expect(message.faults).toHaveLength(1);
    expect(message.faults[0]).toMatch(new RegExp(`^answer 2 \\([A-Z]+\\): ${fault}$`));
  });

  test("one whose own name points nowhere", () => {
    const message = response(
      GOOD,
      GOOD.replace("c00c", "c0ff"),
      GOOD.replace("c00c", "05 68656c6c6f c0ff"),
      GOOD,
    );
    expect(message.answers).toStrictEqual([GOOD_RECORD, GOOD_RECORD]);
    expect(message.faults).toStrictEqual([
      "answer 2 (A): a name's pointer leads nowhere",
      "answer 3 (A): a name's pointer leads nowhere",
    ]);
  });

  test("a question, too", () => {
    const message = decoded(
      `0000 0000 0002 0001 0000 0000 c00c 0001 0001 01 61 00 0001 0001 c012 0001 0001 00000078 0004 0a000001`,
    );
    expect(message.questions).toStrictEqual([{ name: ["a"], type: "A" }]);
    expect(message.answers).toMatchObject([{ name: ["a"], address: "10.0.0.1" }]);
    expect(message.faults).toStrictEqual(["question 1 (A): a name's pointer leads nowhere"]);
  });
});

describe("where a packet breaks off, what came before stands:", () => {
  const CUT = "the packet ends within it, or its name has no end";

  test.each([
    {
      what: "the data are longer than the packet",
      last: `${OWNER} 0001 0001 00000078 0005 0a000001`,
      fault: CUT,
    },
    { what: "the packet ends in the fixed part", last: `${OWNER} 0001 0001 0000`, fault: CUT },
    { what: "the packet ends in a pointer", last: "c0", fault: CUT },
    { what: "the packet ends in a name", last: "05 61", fault: CUT },
    { what: "a label is of a reserved kind", last: `41 61 00 ${GOOD}`, fault: CUT },
    { what: "the count says more than there is", last: "", fault: "the packet ends before it" },
  ])("$what", ({ last, fault }) => {
    const message = response(GOOD, last);
    expect(message.questions).toHaveLength(1);
    expect(message.answers).toStrictEqual([GOOD_RECORD]);
    expect(message.faults).toStrictEqual([`answer 2: ${fault}`]);
  });

  test("and nothing is made up for the sections behind", () => {
    const message = decoded(`0000 8000 ffff ffff ffff ffff ${QUESTION}`);
    expect(message.questions).toHaveLength(1);
    expect(message.faults).toStrictEqual(["question 2: the packet ends before it"]);
  });
});

describe("a compressed name", () => {
  /** A packet whose first record, of a type that nobody reads, carries bytes for the names behind it to point to. */
  function pointingInto(carried: string, ...owners: readonly number[]): DnsMessage {
    const first = `00 fff0 0001 00000000 ${word(hex(carried).length)} ${carried}`;
    const rest = owners.map((at) => GOOD.replace("c00c", word(0xc000 + CARRIED_AT + at)));
    return decoded(`0000 8000 0000 ${word(owners.length + 1)} 0000 0000 ${first} ${rest.join("")}`);
  }

  const CARRIED_AT = 12 + 11;
  const to = (at: number): string => word(0xc000 + CARRIED_AT + at);

  test("may point to a pointer", () => {
    expect(pointingInto(`01 61 00 ${to(0)} 01 62 ${to(3)}`, 5).answers).toMatchObject([{ name: ["b", "a"] }]);
  });

  test.each([
    { what: "itself", carried: to(0), at: 0 },
    { what: "its own beginning", carried: `01 61 ${to(0)}`, at: 0 },
    { what: "one that points back to it", carried: `${to(2)} ${to(0)}`, at: 2 },
    { what: "one that runs into it again", carried: `01 61 ${to(0)}`, at: 2 },
  ])("that leads to $what is a fault", ({ carried, at }) => {
    const message = pointingInto(carried, at);
    expect(message.answers).toStrictEqual([]);
    expect(message.faults).toStrictEqual(["answer 2 (A): a name's pointer leads nowhere"]);
  });

  test("may have 127 pointers and no more, however it is come by", () => {
    // The root, and then pointers each to the one before: what is at 1 + 2n has n + 1 of them.
    const chain = Array.from({ length: 200 }, (_, at) => to(at === 0 ? 0 : at * 2 - 1)).join("");
    const upTo = (owners: number[]): DnsMessage => pointingInto(`00 ${chain}`, ...owners);
    expect(upTo([1 + 2 * 125])).toMatchObject({ answers: [{ name: [] }], faults: [] });
    expect(upTo([1 + 2 * 126]).faults).toStrictEqual(["answer 2 (A): a name has too many pointers"]);
    const warm = upTo([1 + 2 * 60, 1 + 2 * 125, 1 + 2 * 126, 1 + 2 * 199]);
    expect(warm.answers).toHaveLength(2);
    expect(warm.faults).toHaveLength(2);
  });

  test("may have 255 bytes and no more, however they are come by", () => {
    // 63 labels of three bytes and the root: 253 bytes, and then one more label.
    const long = `${"03 616263".repeat(63)} 00`;
    const just = pointingInto(`${long} 01 62 ${to(0)}`, 253);
    expect(just.answers[0]?.name).toHaveLength(64);
    const over = pointingInto(`${long} 02 6262 ${to(0)}`, 253);
    expect(over.faults).toStrictEqual(["answer 2 (A): a name is over 255 bytes"]);
    const warm = pointingInto(`${long} 02 6262 ${to(0)}`, 0, 253);
    expect(warm.answers).toHaveLength(1);
    expect(warm.faults).toStrictEqual(["answer 3 (A): a name is over 255 bytes"]);
  });

  test("is the same whether it is read before or after what it points to", () => {
    const carried = `01 61 01 62 00 01 63 ${to(2)}`;
    const names = (owners: number[]): unknown =>
      pointingInto(carried, ...owners).answers.map(({ name }) => name);
    expect(names([5, 2, 0])).toStrictEqual([["c", "b"], ["b"], ["a", "b"]]);
    expect(names([0, 2, 5])).toStrictEqual([["a", "b"], ["b"], ["c", "b"]]);
  });
});

test("a name of over 255 bytes without compression is a fault, and is stepped over", () => {
  const owner = `${"01 61".repeat(128)} 00`;
  const message = response(GOOD.replace("c00c", owner), GOOD);
  expect(message.answers).toStrictEqual([GOOD_RECORD]);
  expect(message.faults).toStrictEqual(["answer 1 (A): a name is over 255 bytes"]);
});

describe("there are bounds:", () => {
  test("16 faults are told", () => {
    const message = response(...Array.from({ length: 100 }, () => answer(1, "00")), GOOD);
    expect(message.faults).toHaveLength(16);
    expect(message.answers).toStrictEqual([GOOD_RECORD]);
  });

  test("4096 entries are read", () => {
    const message = response(...Array.from({ length: 4200 }, () => GOOD));
    expect(message.questions).toHaveLength(1);
    expect(message.answers).toHaveLength(4095);
    expect(message.faults).toStrictEqual(["answer 4096: the packet has more than 4096 entries"]);
  });
});
