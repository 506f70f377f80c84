import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { AddressRange } from "../../src/model/target.ts";
import { parseAddress } from "../../src/targets/address.ts";
import { count, union } from "../../src/targets/set.ts";
import { addressList, walk } from "../../src/targets/walk.ts";

const TEN: AddressRange = { family: 4, first: 0x0a00_0000n, last: 0x0aff_ffffn };

function take(most: number, addresses: Iterable<string>): string[] {
  const taken: string[] = [];
  for (const address of addresses) {
    taken.push(address);
    if (taken.length === most) break;
  }
  return taken;
}

/** Ranges at the edges of their families too. */
const range = fc.oneof(
  fc
    .tuple(fc.constantFrom(0n, 0x7fff_fff0n, 0xffff_ff00n), fc.nat({ max: 200 }), fc.nat({ max: 20 }))
    .map(([base, first, more]): AddressRange => ({
      family: 4,
      first: base + BigInt(first),
      last: base + BigInt(first + more),
    })),
  fc
    .tuple(fc.constantFrom(1n << 64n, 2n ** 128n - 256n), fc.nat({ max: 200 }), fc.nat({ max: 20 }))
    .map(([base, first, more]): AddressRange => ({
      family: 6,
      first: base + BigInt(first),
      last: base + BigInt(first + more),
    })),
  fc
    .nat({ max: 9 })
    .map((value): AddressRange => ({ family: 6, first: BigInt(value), last: BigInt(value), zone: "eth0" })),
);
const set = fc.array(range, { maxLength: 8 }).map(union);

describe("walking", () => {
  test("every address comes once, ascending within its kind, and as many as are counted", () => {
    fc.assert(
      fc.property(set, (ranges) => {
        const walked = [...walk(ranges)];
        expect(walked).toHaveLength(count(ranges));
        expect(new Set(walked).size).toBe(walked.length);
        expect(union(walked.flatMap((text) => parseAddress(text) ?? []))).toEqual(ranges);
        const ipv4 = walked
          .filter((text) => !text.includes(":"))
          .map((text) => parseAddress(text)?.first ?? -1n);
        expect(ipv4.every((value, at) => at === 0 || value > (ipv4[at - 1] ?? value))).toBe(true);
      }),
    );
  });

  test("the list has at every place what the walk has there", () => {
    fc.assert(
      fc.property(set, (ranges) => {
        const list = addressList(ranges);
        expect(Array.from({ length: list.length }, (_, at) => list.at(at))).toEqual([...walk(ranges)]);
      }),
    );
  });

  test("a /8 is drawn from one address at a time", () => {
    expect(take(3, walk([TEN]))).toEqual(["10.0.0.0", "10.0.0.1", "10.0.0.2"]);
    const list = addressList([TEN]);
    expect(list.length).toBe(16_777_216);
    expect([list.at(255), list.at(256), list.at(16_777_215)]).toEqual([
      "10.0.0.255",
      "10.0.1.0",
      "10.255.255.255",
    ]);
  });

  test("all of IPv4 and a wide IPv6 network are no more to hold than a /8", () => {
    const wide: AddressRange[] = [
      { family: 4, first: 0n, last: 0xffff_ffffn },
      { family: 6, first: 1n << 64n, last: (1n << 64n) + 0xffff_ffffn },
    ];
    const list = addressList(wide);
    expect(list.length).toBe(2 ** 33);
    expect(list.at(2 ** 32 - 1)).toBe("255.255.255.255");
    expect(list.at(2 ** 33 - 1)).toBe("::1:0:0:ffff:ffff");
    expect(take(2, walk(wide.toReversed()))).toEqual(["0:0:0:1::", "::1:0:0:0:1"]);
  });

  test("a zone stays in the text", () => {
    expect([...walk([{ family: 6, first: 0xfe80n << 112n, last: 0xfe80n << 112n, zone: "eth0" }])]).toEqual([
      "fe80::%eth0",
    ]);
  });

  test.each([-1, 16_777_216, Number.NaN])("there is no address at %d of a /8", (index) => {
    expect(() => addressList([TEN]).at(index)).toThrow(RangeError);
  });

  test("nothing is in a list of nothing", () => {
    expect([...walk([])]).toEqual([]);
    expect(addressList([]).length).toBe(0);
    expect(() => addressList([]).at(0)).toThrow(RangeError);
  });
});
