import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";

import type { InterfaceAddress } from "../../src/model/interface-address.ts";
import { networkIdentity } from "../../src/net/network-identity.ts";

const ROUTE_HEADER = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT";
const ARP_HEADER = "IP address       HW type     Flags       HW address            Mask     Device";

/** 192.168.1.0/24 on eth0 with a gateway, and a bridge with 172.18.0.0/16. */
const ROUTES = [
  "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
  "eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
  "br-1\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
];
const HOME = "192.168.1.1      0x1         0x2         02:00:00:00:00:01     *        eth0";
const OFFICE = "192.168.1.1      0x1         0x2         02:00:00:00:00:02     *        eth0";
const NOBODY = "192.168.1.1      0x1         0x0         00:00:00:00:00:00     *        eth0";

const roots: string[] = [];
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true })));

interface Shape {
  readonly routes?: readonly string[];
  readonly arp?: readonly string[];
  readonly space?: string;
  readonly boot?: string;
  readonly address?: string;
}

/** A /proc as the kernel would show it. */
function procWith({ routes = ROUTES, arp = [HOME], space = "net:[1]", boot = "b1" }: Shape): string {
  const root = mkdtempSync(join(tmpdir(), "sonde-proc-"));
  roots.push(root);
  const files = {
    "net/route": `${[ROUTE_HEADER, ...routes].join("\n")}\n`,
    "net/arp": `${[ARP_HEADER, ...arp].join("\n")}\n`,
    "sys/kernel/random/boot_id": `${boot}\n`,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  mkdirSync(join(root, "self/ns"), { recursive: true });
  symlinkSync(space, join(root, "self/ns/net"));
  return root;
}

function interfacesAt(address = "192.168.1.20"): InterfaceAddress[] {
  const rest = { family: 4, internal: false } as const;
  return [
    { name: "lo", address: "127.0.0.1", prefixLength: 8, family: 4, internal: true },
    { name: "eth0", address, prefixLength: 24, ...rest },
    { name: "br-1", address: "172.18.0.1", prefixLength: 16, ...rest },
    { name: "eth0", address: "2001:db8:0:7::20", prefixLength: 64, family: 6, internal: false },
  ];
}

function networksOf(shape: Shape = {}): (address: string) => string {
  const interfaces = interfacesAt(shape.address);
  return networkIdentity(interfaces, (text) => text.startsWith("127."), procWith(shape));
}

describe("the network that an address is in", () => {
  test("is the same for all that is behind one gateway, and next to it", () => {
    const of = networksOf();
    expect(of("192.168.1.77")).toMatch(/^[\da-f]{16}$/);
    expect(of("203.0.113.9")).toBe(of("192.168.1.77"));
    expect(of("2001:db8:0:7::1")).toBe(of("192.168.1.77"));
    expect(of("2001:db8:9::1")).toBe(of("192.168.1.77"));
    expect(of("fe80::1%eth0")).toBe(of("192.168.1.77"));
    expect(of("fe80::1%br-1")).toBe(of("172.18.0.5"));
    expect(new Set(["127.0.0.1", "192.168.1.77", "172.18.0.5"].map(of)).size).toBe(3);
  });

  test("is the same on the next day, and with another address in it", () => {
    const address = "192.168.1.77";
    expect(networksOf({ boot: "b2", address: "192.168.1.99" })(address)).toBe(networksOf()(address));
  });

  test("is another one behind another gateway of the same address, or where nobody answers for it", () => {
    const all = [[HOME], [OFFICE], [NOBODY], []].map((arp) => networksOf({ arp })("192.168.1.77"));
    expect(new Set(all).size).toBe(3);
    expect(all[2]).toBe(all[3]);
  });

  test("stays as it is when a bridge of this machine comes or goes", () => {
    const routes = ROUTES.filter((row) => !row.startsWith("br-1"));
    expect(networksOf({ routes })("192.168.1.77")).toBe(networksOf()("192.168.1.77"));
    expect(networksOf({ routes })("172.18.0.5")).not.toBe(networksOf()("172.18.0.5"));
  });

  test("is this machine's own for its own addresses, until it is started again, and in its namespace alone", () => {
    const own = networksOf()("127.0.0.1");
    expect(networksOf({ arp: [OFFICE] })("127.0.0.1")).toBe(own);
    expect(networksOf({ boot: "b2" })("127.0.0.1")).not.toBe(own);
    expect(networksOf({ space: "net:[2]" })("127.0.0.1")).not.toBe(own);
    expect(networksOf({ space: "net:[2]" })("192.168.1.7")).not.toBe(networksOf()("192.168.1.7"));
  });

  test("is told by all addresses of this machine where there is no /proc", () => {
    const [one, other] = ["192.168.1.20", "192.168.1.21"].map((address) =>
      networkIdentity(interfacesAt(address), () => false, "/nonexistent"),
    );
    expect(one?.("192.168.1.77")).toMatch(/^[\da-f]{16}$/);
    expect(one?.("192.168.1.77")).not.toBe(other?.("192.168.1.77"));
  });

  test("is some digits whatever the kernel says, and whatever the address", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), fc.string(), (routes, arp, address) => {
        expect(networksOf({ routes, arp })(address)).toMatch(/^[\da-f]{16}$/);
      }),
      { numRuns: 50 },
    );
  });
});
