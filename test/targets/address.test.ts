import { isIPv4, isIPv6 } from "node:net";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { formatAddress, parseAddress } from "../../src/targets/address.ts";
import { formatIpv4, parseIpv4 } from "../../src/targets/ipv4.ts";
import { formatIpv6, parseIpv6 } from "../../src/targets/ipv6.ts";

const ipv4 = fc.nat({ max: 0xffff_ffff });
const ipv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
/** Many zero groups, so that `::` stands everywhere it can. */
const sparse = fc
  .array(fc.oneof(fc.constant(0), fc.nat({ max: 0xffff })), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.reduce((value, group) => value * 65_536n + BigInt(group), 0n));

describe("IPv4 text", () => {
  test("any number comes back from its text, which Node takes for an address", () => {
    fc.assert(
      fc.property(ipv4, (value) => {
        expect(parseIpv4(formatIpv4(value))).toBe(value);
        expect(isIPv4(formatIpv4(value))).toBe(true);
      }),
    );
  });

  test("the octets are in network order", () => {
    expect(parseIpv4("1.2.3.4")).toBe(0x01020304);
    expect(formatIpv4(0xfffefd00)).toBe("255.254.253.0");
  });

  test.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.00",
    "1.2.3.-4",
    "1.2.3.4 ",
    "1.2.3.0x4",
    "1..3.4",
  ])("%j is no address", (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  });
});

describe("IPv6 text", () => {
  test("any number comes back from its text, which Node takes for an address", () => {
    fc.assert(
      fc.property(fc.oneof(ipv6, sparse), (value) => {
        expect(parseIpv6(formatIpv6(value))).toBe(value);
        expect(isIPv6(formatIpv6(value))).toBe(true);
      }),
    );
  });

  test("the canonical text is the one a URL has, mapped addresses aside", () => {
    fc.assert(
      fc.property(sparse, (value) => {
        fc.pre(value >> 32n !== 0xffffn);
        expect(`[${formatIpv6(value)}]`).toBe(new URL(`http://[${formatIpv6(value)}]`).hostname);
      }),
    );
  });

  // RFC 5952, sections 4.1 to 4.3 and 5.
  test.each([
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:DB8::AAAA", "2001:db8::aaaa"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["1:0:0:0:0:0:0:0", "1::"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["::ffff:c000:0221", "::ffff:192.0.2.33"],
  ])("%s is written %s", (text, canonical) => {
    expect(formatIpv6(parseIpv6(text) ?? -1n)).toBe(canonical);
  });

  test.each([
    "",
    ":",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "1::2::3",
    "12345::",
    "g::",
    "::1.2.3",
    "::1.2.3.4:5",
    "::256.0.0.1",
    "1.2.3.4",
    ":1",
    "1:",
    "::1%eth0",
  ])("%j is no address", (text) => {
    expect(parseIpv6(text)).toBeUndefined();
  });
});

describe("an address of either family", () => {
  test.each([
    ["10.0.0.1", "10.0.0.1"],
    ["2001:DB8:0::1", "2001:db8::1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::FFFF:a00:1", "10.0.0.1"],
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["FE80:0::1%br-lan.7", "fe80::1%br-lan.7"],
  ])("%s is %s", (text, canonical) => {
    const address = parseAddress(text);
    expect(address).toBeDefined();
    if (address !== undefined) {
      expect(formatAddress(address.family, address.first, address.zone)).toBe(canonical);
      expect(address.last).toBe(address.first);
    }
  });

  test.each(["host", "10.0.0.1%eth0", "fe80::1%", "fe80::1%a/b", "::ffff:10.0.0.1%eth0", "[::1]"])(
    "%s is none",
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
    },
  );
});
