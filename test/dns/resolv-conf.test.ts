import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseResolvConf } from "../../src/dns/resolv-conf.ts";

describe("resolv.conf", () => {
  test("is read with its servers, its search list and its options", () => {
    const text = `# written by somebody
nameserver 10.0.0.1
nameserver fe80::1%eth0\t; the router
nameserver 2001:db8::53
search corp.test lab.corp.test. corp.test
options timeout:1 attempts:3 rotate ndots:2 edns0
`;
    expect(parseResolvConf(text)).toEqual({
      servers: [
        { address: "10.0.0.1", port: 53 },
        { address: "fe80::1%eth0", port: 53 },
        { address: "2001:db8::53", port: 53 },
      ],
      search: ["corp.test", "lab.corp.test"],
      ndots: 2,
      timeoutMs: 1_000,
      attempts: 3,
      rotate: true,
    });
  });

  test("that is empty leaves the C library's defaults", () => {
    expect(parseResolvConf("")).toEqual({
      servers: [],
      search: [],
      ndots: 1,
      timeoutMs: 5_000,
      attempts: 2,
      rotate: false,
    });
  });

  test.each([
    ["domain one.test\nsearch two.test three.test", ["two.test", "three.test"]],
    ["search two.test three.test\ndomain one.test", ["one.test"]],
    ["domain one.test two.test", ["one.test"]],
    ["search .", []],
    ["; search no.test\n#search no.test\nsearch", []],
    ["search one.test # two.test", ["one.test"]],
  ])("%j searches %j: the last line counts, and the root is no domain", (text, search) => {
    expect(parseResolvConf(text).search).toEqual(search);
  });

  test.each(["ns.corp.test", "10.0.0", "10.0.0.256", "1:2", "fe80::1%", "10.0.0.1%eth0", "10.0.0.1:53", ""])(
    "takes no server from %j",
    (text) => {
      expect(parseResolvConf(`nameserver ${text}`).servers).toEqual([]);
    },
  );

  test.each([
    ["timeout:0", { timeoutMs: 1_000 }],
    ["timeout:99", { timeoutMs: 30_000 }],
    ["attempts:0", { attempts: 1 }],
    ["attempts:1000000000000", { attempts: 2 }],
    ["attempts:99", { attempts: 5 }],
    ["ndots:-1", { ndots: 1 }],
    ["ndots:99", { ndots: 15 }],
    ["timeout", { timeoutMs: 5_000 }],
  ])("keeps %s within what the C library takes", (option, expected) => {
    expect(parseResolvConf(`options ${option}`)).toMatchObject(expected);
  });

  test("takes three servers, as the C library does", () => {
    const text = ["1", "2", "3", "4"].map((last) => `nameserver 10.0.0.${last}`).join("\n");
    expect(parseResolvConf(text).servers.map(({ address }) => address)).toEqual([
      "10.0.0.1",
      "10.0.0.2",
      "10.0.0.3",
    ]);
  });

  test("may hold anything", () => {
    const word = fc.constantFrom(
      "nameserver",
      "search",
      "domain",
      "options",
      "timeout:",
      ":",
      "%",
      "#",
      "\t",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string({ unit: "binary", maxLength: 12 }))), (words) => {
        const { servers, search, ndots, timeoutMs, attempts } = parseResolvConf(words.join(" "));
        expect(servers.length).toBeLessThanOrEqual(3);
        expect(search.every((domain) => domain !== "")).toBe(true);
        expect([ndots, timeoutMs, attempts].every(Number.isInteger)).toBe(true);
      }),
    );
  });
});
