import { describe, expect, test } from "vitest";

import type { TargetLookup } from "../../src/dns/lookup.ts";
import type { DnsRecord } from "../../src/dns/message.ts";
import { RecordIndex } from "../../src/dns/record-index.ts";
import { lookUpTarget } from "../../src/dns/target-lookup.ts";
import { type Script, a, aaaa, bench, cname, name, replyTo, soa } from "./scripted-servers.ts";

const WEB = name("web.test");

async function lookUp(
  script: Script,
  additionals: readonly DnsRecord[] = [],
): Promise<{ readonly found: TargetLookup; readonly asked: readonly string[] }> {
  const { resolver, asked } = bench(script);
  const found = await lookUpTarget(resolver, WEB, [new RecordIndex(additionals)]);
  return { found, asked: asked.map(({ type }) => type) };
}

/** Each type has its own reply. */
function byType(replies: Readonly<Record<string, ReturnType<Script>>>): Script {
  return (asked) => {
    const reply = replies[asked.type] ?? {};
    return typeof reply === "object" && !("length" in reply) && !("then" in reply)
      ? replyTo(asked, reply)
      : reply;
  };
}

const BOTH = byType({
  A: { answers: [a("web.test", "10.1.1.1", 50)] },
  AAAA: { answers: [aaaa("web.test", "fd00::1", 40)] },
});
const LOST = { kind: "failed", reason: "10.0.0.1:53 does not answer" };

describe("a target", () => {
  test("is asked for in both families, and lives as long as the shorter one", async () => {
    expect(await lookUp(BOTH)).toEqual({
      found: { kind: "found", addresses: ["10.1.1.1", "fd00::1"], count: 2, single: true, ttlSeconds: 40 },
      asked: ["A", "AAAA"],
    });
  });

  test("is taken from what came along, and only the other family is asked for", async () => {
    const { found, asked } = await lookUp(BOTH, [a("web.test", "10.9.9.9", 10)]);
    expect(found).toMatchObject({ addresses: ["10.9.9.9", "fd00::1"], ttlSeconds: 10 });
    expect(asked).toEqual(["AAAA"]);
  });

  test("is not taken from what came along for another name", async () => {
    const { found } = await lookUp(BOTH, [a("evil.test", "6.6.6.6"), aaaa("web.test.evil.test", "::6")]);
    expect(found).toMatchObject({ addresses: ["10.1.1.1", "fd00::1"] });
  });

  test("that came along twice is one host's all the same", async () => {
    const twice = [
      a("web.test", "10.1.1.1"),
      a("web.test", "10.1.1.1"),
      aaaa("web.test", "::1"),
      aaaa("web.test", "::1"),
    ];
    expect((await lookUp(BOTH, twice)).found).toMatchObject({ addresses: ["10.1.1.1", "::1"], single: true });
  });

  test("with two addresses of a family may be several hosts", async () => {
    const answers = [a("web.test", "10.1.1.1"), a("web.test", "10.1.1.2")];
    expect((await lookUp(byType({ A: { answers } }))).found).toMatchObject({ single: false });
  });

  test("is found through its alias", async () => {
    const answers = [cname("web.test", "www.test", 5), a("www.test", "10.1.1.3")];
    const { found } = await lookUp(
      byType({ A: { answers }, AAAA: { answers: answers.slice(0, 1), rcode: 3 } }),
    );
    expect(found).toMatchObject({ addresses: ["10.1.1.3"], ttlSeconds: 5, single: true });
  });

  test("of which one family could not be asked for is found in part, and may have more addresses", async () => {
    const { found } = await lookUp(byType({ A: { answers: [a("web.test", "10.1.1.1")] }, AAAA: "timeout" }));
    expect(found).toMatchObject({ kind: "found", single: false, missing: LOST.reason });
  });

  test.each<[string, Script, object]>([
    ["nowhere", byType({ A: { rcode: 3 }, AAAA: { rcode: 3 } }), { kind: "absent", nameExists: false }],
    ["a name without addresses", byType({}), { kind: "absent", nameExists: true }],
    [
      "a name without addresses for a while",
      byType({ AAAA: { authorities: [soa("test", 9, 9)] } }),
      { kind: "absent", nameExists: true, ttlSeconds: 9 },
    ],
    [
      "nowhere, though one family could not be asked for",
      byType({ A: "timeout", AAAA: { rcode: 3 } }),
      { kind: "absent", nameExists: false },
    ],
    ["not to be found out: half of it denied, half unknown", byType({ AAAA: "timeout" }), LOST],
    ["not to be found out the other way round", byType({ A: "timeout" }), LOST],
  ])("may be %s", async (_, script, expected) => {
    expect((await lookUp(script)).found).toMatchObject(expected);
  });

  test("with an IPv4-mapped address has that IPv4 address, and is no longer one host's by that", async () => {
    const mapped = byType({
      A: { answers: [a("web.test", "10.1.1.1")] },
      AAAA: { answers: [aaaa("web.test", "::ffff:127.0.0.1")] },
    });
    expect((await lookUp(mapped)).found).toMatchObject({
      addresses: ["10.1.1.1", "127.0.0.1"],
      single: false,
    });
    const same = byType({
      A: { answers: [a("web.test", "10.1.1.1")] },
      AAAA: { answers: [aaaa("web.test", "::ffff:10.1.1.1")] },
    });
    expect((await lookUp(same)).found).toMatchObject({ addresses: ["10.1.1.1"], count: 1, single: true });
  });

  test("has 16 addresses that are looked at, and tells of how many", async () => {
    const answers = Array.from({ length: 50 }, (_, at) => a("web.test", `10.1.1.${at}`));
    const { found } = await lookUp(byType({ A: { answers } }));
    expect(found.kind === "found" && found.addresses).toHaveLength(16);
    expect(found).toMatchObject({ count: 50 });
  });
});
