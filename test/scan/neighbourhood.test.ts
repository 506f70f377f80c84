import { describe, expect, test } from "vitest";

import { Neighbourhood } from "../../src/scan/neighbourhood.ts";
import { Stretch } from "../../src/scan/stretch.ts";
import { FakeClock, hostAt } from "./fake-net.ts";

function isFirstTen(address: string): boolean {
  return Array.from({ length: 10 }, (_, at) => hostAt(at)).includes(address);
}

function hood(table: ReadonlyMap<string, boolean>) {
  const clock = new FakeClock();
  let reads = 0;
  const read = (): ReadonlyMap<string, boolean> => {
    reads++;
    return new Map(table);
  };
  return { clock, neighbourhood: new Neighbourhood(isFirstTen, read, clock), reads: () => reads };
}

function hostsFrom(first: number, length: number): Stretch {
  return new Stretch({ hosts: { length, at: (index) => hostAt(first + index) }, ports: [80] });
}

describe("a neighbourhood", () => {
  test("knows of hosts on a link what the kernel does, and of others nothing", () => {
    const table = new Map([
      [hostAt(1), true],
      [hostAt(2), false],
      [hostAt(50), true],
    ]);
    const { neighbourhood } = hood(table);
    expect([1, 2, 3, 50].map((at) => neighbourhood.isThere(hostAt(at)))).toEqual([
      true,
      false,
      undefined,
      undefined,
    ]);
  });

  test("reads the kernel's table only where it has to, and five times a second at most", () => {
    const table = new Map<string, boolean>();
    const { clock, neighbourhood, reads } = hood(table);
    neighbourhood.isThere(hostAt(50));
    expect(reads()).toBe(0);
    neighbourhood.isThere(hostAt(1));
    table.set(hostAt(1), true);
    clock.ms += 200;
    expect(neighbourhood.isThere(hostAt(1))).toBe(undefined);
    expect(reads()).toBe(1);
    clock.ms += 1;
    expect(neighbourhood.isThere(hostAt(1))).toBe(true);
    expect(reads()).toBe(2);
  });

  test("touches a stretch that begins or ends in it", () => {
    const { neighbourhood } = hood(new Map());
    expect(neighbourhood.touches(hostsFrom(0, 4))).toBe(true);
    expect(neighbourhood.touches(hostsFrom(9, 100))).toBe(true);
    expect(neighbourhood.touches(hostsFrom(10, 100))).toBe(false);
    expect(neighbourhood.touches(hostsFrom(10, 0))).toBe(false);
    const both = hostsFrom(5, 50);
    expect([neighbourhood.touches(both), neighbourhood.touches(both)]).toEqual([true, true]);
  });
});
