import { describe, expect, test } from "vitest";

import type { InterfaceAddress } from "../../src/model/interface-address.ts";
import {
  type InterfaceFacts,
  holds,
  interfaceIndexes,
  isOnLink,
  isPortTaken,
  placesOf,
} from "../../src/net/multicast-place.ts";
import { RepeatFilter } from "../../src/net/repeat-filter.ts";

const LO4: InterfaceAddress = {
  name: "lo",
  family: 4,
  address: "127.0.0.1",
  prefixLength: 8,
  internal: true,
};
const LO6: InterfaceAddress = { name: "lo", family: 6, address: "::1", prefixLength: 128, internal: true };
const ETH4: InterfaceAddress = {
  name: "eth0",
  family: 4,
  address: "10.0.0.5",
  prefixLength: 24,
  internal: false,
};
const ETH4B: InterfaceAddress = { ...ETH4, address: "10.1.0.5", prefixLength: 16 };
const ETH6: InterfaceAddress = {
  name: "eth0",
  family: 6,
  address: "fd00::5",
  prefixLength: 64,
  internal: false,
};
const ETH6L: InterfaceAddress = { ...ETH6, address: "fe80::5", zone: "eth0" };
const WLAN6L: InterfaceAddress = { ...ETH6L, name: "wlan0", address: "fe80::6", zone: "wlan0" };
const ALL = [LO4, LO6, ETH4, ETH4B, ETH6, ETH6L, WLAN6L];
const FACTS: InterfaceFacts = {
  indexes: new Map([
    ["eth0", 2],
    ["wlan0", 3],
  ]),
  isBridgePort: (name) => name.startsWith("veth"),
};

function identity(addresses: readonly InterfaceAddress[], index: number): string | undefined {
  return placesOf(addresses, [], { ...FACTS, indexes: new Map([["eth0", index]]) })[0]?.identity;
}

describe("where mDNS can be spoken", () => {
  test("is every interface and family but loopback, from the link-local address in IPv6", () => {
    const places = placesOf(ALL, [], FACTS);
    expect(places.map((one) => [one.interface, one.family, one.address])).toEqual([
      ["eth0", 4, "10.0.0.5"],
      ["eth0", 6, "fe80::5%eth0"],
      ["wlan0", 6, "fe80::6%wlan0"],
    ]);
  });

  test("is what was named, loopback in IPv4 too, and nothing where there is no such interface", () => {
    expect(placesOf(ALL, ["wlan0"], FACTS).map((one) => one.address)).toEqual(["fe80::6%wlan0"]);
    expect(placesOf(ALL, ["lo"], FACTS).map((one) => one.address)).toEqual(["127.0.0.1"]);
    expect(placesOf(ALL, ["none"], FACTS)).toEqual([]);
  });

  test("is no port of a bridge, unless it was named", () => {
    const port: InterfaceAddress = { ...WLAN6L, name: "veth1", zone: "veth1" };
    expect(placesOf([port], [], FACTS)).toEqual([]);
    expect(placesOf([port], ["veth1"], FACTS)).toHaveLength(1);
  });

  test("knows all networks of its family", () => {
    const [place] = placesOf(ALL, [], FACTS);
    const of = (address: string): boolean => place !== undefined && holds(place.networks, address);
    expect(["10.0.0.200", "10.1.200.1", "10.2.0.1", "fd00::1"].map(of)).toEqual([true, true, false, false]);
    const [, six] = placesOf(ALL, [], FACTS);
    expect(six !== undefined && holds(six.networks, "fe80::99%eth0")).toBe(true);
  });

  test("has on it its own networks and what is link-local in IPv6, not in IPv4", () => {
    const [place] = placesOf(ALL, [], FACTS);
    const on = (address: string): boolean => place !== undefined && isOnLink(place, address);
    expect(["10.0.0.200", "fe80::99%eth0", "fe80::99"].map(on)).toEqual([true, true, true]);
    expect(["10.2.0.1", "169.254.7.7", "192.0.2.1", "fd00::1", "::1"].map(on)).not.toContain(true);
  });

  test("has IPv4's link-local addresses on it where it has one itself, but never the metadata of clouds", () => {
    const own4: InterfaceAddress = { ...ETH4, address: "169.254.3.4", prefixLength: 16 };
    const own6: InterfaceAddress = { ...ETH6, address: "fd00:ec2::7", prefixLength: 64 };
    const [four, six] = placesOf([own4, own6], [], FACTS);
    expect(four !== undefined && isOnLink(four, "169.254.7.7")).toBe(true);
    expect(four !== undefined && isOnLink(four, "169.254.169.254")).toBe(false);
    expect(six !== undefined && isOnLink(six, "fd00:ec2::8")).toBe(true);
    expect(six !== undefined && isOnLink(six, "fd00:ec2::254")).toBe(false);
    expect(six !== undefined && isOnLink(six, "FD00:0EC2:0::254%eth0")).toBe(false);
  });

  test("is another place once index or addresses differ, and not for the order of addresses", () => {
    const before = identity([ETH4, ETH4B], 2);
    expect(identity([ETH4B, ETH4], 2)).toBe(before);
    expect(identity([ETH4, ETH4B], 7)).not.toBe(before);
    expect(identity([ETH4], 2)).not.toBe(before);
  });
});

test("indexes stand in /proc/net/igmp, also of interfaces with odd names", () => {
  const table = [
    "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter",
    "1\tlo        :     1      V3",
    "\t\t\t\t010000E0     1 0:00000000\t\t0",
    "12\tbr-5f3a9c1d2e4b:     2      V3",
    "\t\t\t\tFB0000E0     1 0:00000000\t\t0",
  ];
  expect([...interfaceIndexes(table.join("\n"))]).toEqual([
    ["lo", 1],
    ["br-5f3a9c1d2e4b", 12],
  ]);
  expect(interfaceIndexes("").size).toBe(0);
});

test("a port is taken where a table of /proc/net has it as a local one", () => {
  const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid";
  const line = (local: string, remote: string): string =>
    `${head}\n 1234: ${local} ${remote} 07 00000000:00000000`;
  expect(isPortTaken([line("00000000:14E9", "00000000:0000")])).toBe(true);
  expect(isPortTaken([head, line("00000000000000000000000000000000:14E9", "0:0000")])).toBe(true);
  expect(isPortTaken([line("0100007F:0035", "0100007F:14E9")])).toBe(false);
  expect(isPortTaken(["", ""])).toBeUndefined();
});

describe("a packet that came over two interfaces", () => {
  const [one, other] = [{}, {}];
  const bytes = Uint8Array.of(1, 2, 3);

  test("counts on the first that heard it, and again there", () => {
    const filter = new RepeatFilter(() => 0);
    expect(filter.isRepeat(one, "10.0.0.9", bytes)).toBe(false);
    expect(filter.isRepeat(other, "10.0.0.9", bytes.slice())).toBe(true);
    expect(filter.isRepeat(one, "10.0.0.9", bytes)).toBe(false);
    expect(filter.isRepeat(other, "10.0.0.8", bytes)).toBe(false);
    expect(filter.isRepeat(other, "10.0.0.9", Uint8Array.of(1, 2))).toBe(false);
  });

  test("counts anew a while later", () => {
    let now = 0;
    const filter = new RepeatFilter(() => now);
    filter.isRepeat(one, "10.0.0.9", bytes);
    now = 200;
    expect(filter.isRepeat(other, "10.0.0.9", bytes)).toBe(false);
  });
});
