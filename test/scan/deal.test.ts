import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { AddressRange } from "../../src/model/target.ts";
import { Deal, type Field, type Portion, single, stretches } from "../../src/scan/deal.ts";
import { parseIpv4 } from "../../src/targets/ipv4.ts";
import { addressList } from "../../src/targets/walk.ts";
import { FIRST, hostAt, portsTo } from "./fake-net.ts";

function rangeOf(first: number, hosts: number): AddressRange {
  return { family: 4, first: BigInt(first), last: BigInt(first + hosts - 1) };
}

function fieldOf(hosts: number, ports: readonly number[], more: Partial<Field> = {}): Field {
  return { ranges: hosts === 0 ? [] : [rangeOf(FIRST, hosts)], ports, isSparse: false, ...more };
}

const foreign = (_address: string): boolean => false;
const own = (_address: string): boolean => true;

function dealt(field: Field, isOwn = foreign): Portion[] {
  const deal = new Deal(field, isOwn);
  const portions: Portion[] = [];
  for (let one = deal.next(); one !== undefined; one = deal.next()) portions.push(one);
  expect(deal.isOver).toBe(true);
  return portions;
}

/** Every endpoint of a portion's stretch. */
function endpointsOf(field: Field, portions: readonly Portion[]): string[] {
  const stretchOf = stretches(field);
  return portions.flatMap((portion) => {
    const stretch = stretchOf(portion);
    return Array.from(
      { length: stretch.left },
      (_, probe) => `${stretch.addressOf(probe)} ${stretch.portOf(probe)}`,
    );
  });
}

describe("a field is dealt out", () => {
  test("so that every port of every host is in one portion", () => {
    const shapes = fc.record({
      hosts: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 3_000 })),
      ports: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 5_000 })),
      isSparse: fc.boolean(),
      isOwn: fc.boolean(),
    });
    fc.assert(
      fc.property(shapes, ({ hosts, ports, isSparse, isOwn }) => {
        fc.pre(hosts * ports < 300_000);
        const field = fieldOf(hosts, portsTo(ports), { isSparse });
        const portions = dealt(field, isOwn ? own : foreign);
        const seen = new Set(endpointsOf(field, portions));
        expect(seen.size).toBe(hosts * ports);
        expect(portions.reduce((sum, one) => sum + one.hosts * one.ports, 0)).toBe(hosts * ports);
      }),
      { numRuns: 60 },
    );
  });

  test("over ranges that are not next to each other, whatever the family", () => {
    const first = 0xfd99n << 112n;
    const ranges: AddressRange[] = [
      rangeOf(FIRST, 3),
      rangeOf(FIRST + 1_000, 2),
      { family: 6, first, last: first + 1n },
    ];
    const field = fieldOf(0, [80], { ranges });
    expect(endpointsOf(field, dealt(field))).toEqual([
      ...[0, 1, 2, 1_000, 1_001].map((at) => `${hostAt(at)} 80`),
      "fd99:: 80",
      "fd99::1 80",
    ]);
  });

  test("in parts of about 4,096 probes that keep at least 64 hosts in turn, and never more than 1,024", () => {
    expect(dealt(fieldOf(200, portsTo(1_000))).map(({ hosts }) => hosts)).toEqual([64, 64, 64, 8]);
    expect(dealt(fieldOf(1_000, portsTo(10))).map(({ hosts }) => hosts)).toEqual([410, 410, 180]);
    expect(dealt(fieldOf(2_048, [80])).map(({ hosts }) => hosts)).toEqual([1_024, 1_024]);
  });

  test("by ports where all hosts are few and this machine's own; those elsewhere are one sweeper's", () => {
    const few = fieldOf(2, portsTo(2_500));
    expect(dealt(few, own)).toEqual([
      { firstHost: 0, hosts: 2, firstPort: 0, ports: 1_024 },
      { firstHost: 0, hosts: 2, firstPort: 1_024, ports: 1_024 },
      { firstHost: 0, hosts: 2, firstPort: 2_048, ports: 452 },
    ]);
    const field = fieldOf(2, portsTo(10_000));
    const whole = [{ firstHost: 0, hosts: 2, firstPort: 0, ports: 10_000 }];
    expect(dealt(field)).toEqual(whole);
    expect(dealt(field, (address) => address === hostAt(0))).toEqual(whole);
    expect(dealt(fieldOf(9, portsTo(10_000)), own)).toHaveLength(1);
  });

  test("so that likely ports are asked first, in the portion that comes first", () => {
    const field = fieldOf(1, portsTo(10_000));
    const [first] = dealt(field, own);
    expect(endpointsOf(field, first === undefined ? [] : [first]).slice(0, 3)).toEqual([
      `${hostAt(0)} 443`,
      `${hostAt(0)} 80`,
      `${hostAt(0)} 22`,
    ]);
  });

  test("in whole /24s where it is sparse, wherever it begins and whatever is left out", () => {
    const networks = fc.integer({ min: 1, max: 12 });
    const ports = fc.integer({ min: 1, max: 70 }).map(portsTo);
    const holes = fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 3 });
    fc.assert(
      fc.property(networks, fc.integer({ min: 0, max: 255 }), ports, holes, (count, skew, asked, without) => {
        const cuts = [...new Set(without)].toSorted((a, b) => a - b);
        const ends = [...cuts.map((cut) => skew + cut), skew + 3_001 + count * 256];
        const ranges = ends.map((end, at) => {
          const first = at === 0 ? skew : (ends[at - 1] ?? 0) + 1;
          return rangeOf(FIRST + first, end - first);
        });
        const field = fieldOf(0, asked, {
          isSparse: true,
          ranges: ranges.filter((one) => one.first <= one.last),
        });
        const owners = new Map<number, number>();
        const list = addressList(field.ranges);
        const portions = dealt(field);
        for (const [at, { firstHost, hosts }] of portions.entries()) {
          for (let host = firstHost; host < firstHost + hosts; host++) {
            const network = Math.floor((parseIpv4(list.at(host)) ?? 0) / 256);
            expect(owners.get(network) ?? at).toBe(at);
            owners.set(network, at);
          }
        }
        expect(portions.reduce((sum, { hosts }) => sum + hosts, 0)).toBe(list.length);
      }),
      { numRuns: 40 },
    );
  });

  test("from any place on, where the last one had come to", () => {
    const field = fieldOf(500, portsTo(64));
    const whole = new Deal(field, foreign);
    whole.next();
    whole.next();
    const rest = new Deal(field, foreign, whole.place);
    expect(rest.next()).toEqual(whole.next());
    expect(rest.place).toEqual(whole.place);
  });
});

/** Hosts that are asked before anything has answered. */
function asked(field: Field): string[] {
  const [portion] = dealt(field);
  if (portion === undefined) throw new Error("nothing is dealt");
  const stretch = stretches(field)(portion);
  const addresses: string[] = [];
  for (let probe = stretch.nextFirst(); probe !== undefined; probe = stretch.nextFirst())
    addresses.push(stretch.addressOf(probe));
  return addresses;
}

describe("a sparse portion", () => {
  const SAMPLES = [1, 2, 10, 50, 100, 150, 200, 254];

  test("begins with eight places of each /24", () => {
    const field = fieldOf(512, [80], { isSparse: true });
    expect(asked(field)).toEqual([...SAMPLES, ...SAMPLES.map((at) => 256 + at)].map(hostAt));
  });

  test("is whole where none of these places is among the targets", () => {
    const ranges = [rangeOf(FIRST + 20, 10), rangeOf(FIRST + 256, 3)];
    const field = fieldOf(0, [80], { isSparse: true, ranges });
    expect(asked(field)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 257, 258].map(hostAt));
  });

  test("is whole in IPv6, which has no /24s", () => {
    const ranges: AddressRange[] = [{ family: 6, first: 1n << 125n, last: (1n << 125n) + 9n }];
    expect(asked(fieldOf(0, [80], { isSparse: true, ranges }))).toHaveLength(10);
  });
});

test("an endpoint by itself is a stretch of one", () => {
  const stretch = single({ address: "fe80::1%eth0", port: 22, transport: "tcp" });
  expect(stretch.left).toBe(1);
  const probe = stretch.nextFirst() ?? -1;
  expect([stretch.addressOf(probe), stretch.portOf(probe)]).toEqual(["fe80::1%eth0", 22]);
  expect(stretch.hasFirst).toBe(false);
});
