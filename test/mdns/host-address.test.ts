import { expect, test } from "vitest";

import type { DnsRecord } from "../../src/dns/message.ts";
import { isCredible } from "../../src/mdns/host-address.ts";
import { a, aaaa, name, srv } from "./records.ts";

const HOST = name("h1.local");
const OWN = new Set(["10.0.0.1", "fe80::5%eth0"]);

function isHeard(address: string, own = false): boolean {
  const record: DnsRecord = address.includes(":") ? aaaa(HOST, address) : a(HOST, address);
  return isCredible(record, { own, interface: "eth0", isOwn: (one) => OWN.has(one) });
}

test.each(["127.0.0.1", "127.9.9.9", "0.0.0.0", "224.0.0.251", "240.0.0.1", "255.255.255.255"])(
  "no host on a link has %s",
  (address) => {
    expect(isHeard(address)).toBe(false);
    expect(isHeard(address, true)).toBe(false);
  },
);

test.each(["::1", "::", "ff02::fb", "::ffff:127.0.0.1", "::ffff:10.0.0.9"])(
  "no host on a link has %s",
  (address) => {
    expect(isHeard(address)).toBe(false);
    expect(isHeard(address, true)).toBe(false);
  },
);

test("a host may have any other address, but this machine's only where it says so itself", () => {
  const others = ["10.0.0.9", "192.0.2.1", "fe80::1", "fd00::1", "2001:db8::1"];
  expect(others.filter((one) => !isHeard(one))).toEqual([]);
  expect(isHeard("10.0.0.1")).toBe(false);
  expect(isHeard("fe80::5")).toBe(false);
  expect(isHeard("10.0.0.1", true)).toBe(true);
  expect(isHeard("fe80::5", true)).toBe(true);
});

test("what is no address is not judged by one", () => {
  const speaker = { own: false, interface: "eth0", isOwn: () => true };
  expect(isCredible(srv(HOST, HOST, 80), speaker)).toBe(true);
});
