import { describe, expect, test } from "vitest";

import type { InterfaceAddress } from "../../src/model/interface-address.ts";
import { linkTest } from "../../src/scan/links.ts";

function on(text: string, more: Partial<InterfaceAddress> = {}): InterfaceAddress {
  const [address = "", length] = text.split("/");
  const family = address.includes(":") ? 6 : 4;
  return { name: "eth0", family, address, prefixLength: Number(length), internal: false, ...more };
}

const ETH0 = [on("192.0.2.10/24"), on("2001:db8::10/64"), on("fe80::10/64", { zone: "eth0" })];

describe("an address is on a link", () => {
  test.each([
    ["192.0.2.0", true],
    ["192.0.2.1", true],
    ["192.0.2.255", true],
    ["192.0.1.255", false],
    ["192.0.3.0", false],
    ["2001:db8::1", true],
    ["2001:db8::ffff:ffff:ffff:ffff", true],
    ["2001:db8:0:1::1", false],
    ["fe80::1%eth0", true],
    ["::ffff:192.0.2.1", true],
    ["no address", false],
  ])("where an interface has its network: %s is %s", (address, isNear) => {
    expect(linkTest(ETH0)(address)).toBe(isNear);
  });

  test("unless it is this machine's own", () => {
    const isNear = linkTest([...ETH0, on("fe80::20/64", { name: "eth1", zone: "eth1" })]);
    expect(["192.0.2.10", "2001:db8::10", "fe80::10%eth0", "fe80::20%eth1"].map(isNear)).toEqual(
      Array(4).fill(false),
    );
    // The same link-local address at another link is another's.
    expect(isNear("fe80::10%eth1")).toBe(true);
  });

  test("also across a cable between two, and not where an interface has an address alone", () => {
    const isNear = linkTest([on("198.51.100.4/31"), on("203.0.113.7/32"), on("2001:db8::7/128")]);
    expect(isNear("198.51.100.5")).toBe(true);
    expect(isNear("198.51.100.6")).toBe(false);
    expect(isNear("203.0.113.7")).toBe(false);
    expect(isNear("203.0.113.6")).toBe(false);
    expect(isNear("2001:db8::8")).toBe(false);
  });

  test("everywhere where the network is everything", () => {
    const isNear = linkTest([on("10.0.0.1/0")]);
    expect(isNear("203.0.113.7")).toBe(true);
    expect(isNear("2001:db8::1")).toBe(false);
  });

  test("never on loopback, nor where there is no interface", () => {
    const loopback = [on("127.0.0.1/8", { internal: true }), on("::1/128", { internal: true })];
    expect(linkTest(loopback)("127.0.0.2")).toBe(false);
    expect(linkTest([...loopback, ...ETH0])("127.0.0.2")).toBe(false);
    expect(linkTest([])("192.0.2.1")).toBe(false);
  });
});
