import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Hosts } from "../../src/inventory/hosts.ts";

const OWN = ["127.0.0.1", "::1", "10.0.0.1"];

function hostsOf(...claims: readonly (readonly string[])[]): Hosts {
  const hosts = new Hosts((address) => OWN.includes(address) || address.startsWith("127."));
  for (const claim of claims) hosts.claim(claim);
  return hosts;
}

function areOne(hosts: Hosts, ...addresses: readonly string[]): boolean {
  return new Set(addresses.map((address) => hosts.of(address))).size === 1;
}

describe("whose an address is", () => {
  test("this machine's addresses are one host's, and the rest of 127.0.0.0/8 nobody's but its own", () => {
    const hosts = hostsOf();
    expect(areOne(hosts, ...OWN)).toBe(true);
    expect(areOne(hosts, "127.0.0.1", "127.0.0.53")).toBe(false);
  });

  test("another host's are joined by a claim to one IPv4 address and IPv6 ones", () => {
    const hosts = hostsOf(["10.0.0.5", "fd00::5", "fe80::5%eth0"]);
    expect(areOne(hosts, "10.0.0.5", "fd00::5", "fe80::5%eth0")).toBe(true);
    expect(areOne(hosts, "10.0.0.5", "10.0.0.6")).toBe(false);
  });

  test("two names that say the same, or one less than the other, agree", () => {
    const hosts = hostsOf(
      ["10.0.0.5", "fd00::5"],
      ["fd00::5", "10.0.0.5"],
      ["10.0.0.5", "fd00::5", "fe80::5%eth0"],
    );
    expect(areOne(hosts, "10.0.0.5", "fd00::5", "fe80::5%eth0")).toBe(true);
  });

  test.each([
    ["two IPv4 addresses", ["10.0.0.66", "10.0.0.5"]],
    ["this machine's loopback", ["10.0.0.66", "::1"]],
    ["an address of this machine", ["10.0.0.1", "fd00::66"]],
    ["127.0.0.53", ["127.0.0.53", "fd00::66"]],
    ["more addresses than a host has", ["10.0.0.66", ...Array.from({ length: 8 }, (_, at) => `fd00::${at}`)]],
  ])("nobody is believed who claims %s", (_what, claim) => {
    const hosts = hostsOf(claim);
    expect(areOne(hosts, ...claim.slice(0, 2))).toBe(false);
  });

  test("a stranger who claims another's address takes it from nobody", () => {
    const hosts = hostsOf(["10.0.0.5", "fd00::5"], ["10.0.0.66", "fd00::5"]);
    expect(areOne(hosts, "10.0.0.66", "fd00::5")).toBe(false);
    expect(areOne(hosts, "10.0.0.66", "10.0.0.5")).toBe(false);
  });

  test("does not depend on the order of the claims, or on how often they are made", () => {
    const address = fc.constantFrom("10.0.0.5", "10.0.0.6", "fd00::5", "fd00::6", "fd00::7", "::1");
    const claims = fc.array(fc.array(address, { maxLength: 4 }), { maxLength: 8 });
    const shuffled = claims.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    const all = ["10.0.0.5", "10.0.0.6", "fd00::5", "fd00::6", "fd00::7", "::1"];
    fc.assert(
      fc.property(shuffled, ([some, otherwise]) => {
        const [a, b] = [hostsOf(...some), hostsOf(...otherwise, ...some)];
        for (const one of all) {
          for (const other of all) expect(areOne(b, one, other)).toBe(areOne(a, one, other));
        }
      }),
    );
  });
});
