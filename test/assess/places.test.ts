import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Places } from "../../src/assess/places.ts";
import type { Outcome } from "../../src/model/outcome.ts";

const NEAR = "10.99.0.12";
const NAMED = "10.99.0.13";
const FAR = "192.0.2.1";

function placesOf(...told: readonly (readonly [address: string, port: number, outcome: Outcome])[]) {
  const places = new Places({
    isNear: (address) => address.startsWith("10.99."),
    isExpected: (address) => address === NAMED,
    matters: (port) => port === 5432 || port === 6379,
  });
  for (const [address, port, outcome] of told) places.take(address, port, outcome);
  return places.unknown;
}

function sorted(places: ReturnType<typeof placesOf>): string[] {
  return places.map((place) => JSON.stringify(place)).toSorted();
}

describe("places of which nobody knows", () => {
  test("are silent ports of whoever answers elsewhere", () => {
    expect(placesOf([NEAR, 22, "closed"], [NEAR, 6379, "filtered"])).toEqual([
      { address: NEAR, outcome: "filtered", ports: [6379] },
    ]);
  });

  test("are not those that were open or refused, and not ports at which nothing is looked for", () => {
    expect(
      placesOf([NEAR, 5432, "open"], [NEAR, 6379, "closed"], [NEAR, 8080, "filtered"], [FAR, 80, "failed"]),
    ).toEqual([]);
  });

  test("are not addresses of our own link that nobody has", () => {
    expect(placesOf([NEAR, 5432, "unreachable"], [NEAR, 6379, "unreachable"])).toEqual([]);
  });

  test("are unreachable ports of somebody on the link who answered at another", () => {
    const place = { address: NEAR, outcome: "unreachable", ports: [5432] };
    expect(placesOf([NEAR, 5432, "unreachable"], [NEAR, 22, "closed"])).toEqual([place]);
    expect(placesOf([NEAR, 22, "open"], [NEAR, 5432, "unreachable"])).toEqual([place]);
  });

  test("are hosts that were named by themselves and are not there", () => {
    expect(placesOf([NAMED, 6379, "unreachable"], [NAMED, 5432, "unreachable"])).toEqual([
      { address: NAMED, outcome: "unreachable", ports: [5432, 6379] },
    ]);
  });

  test("are all silent addresses beyond the link: whether somebody is there does not show", () => {
    expect(placesOf([FAR, 6379, "unreachable"])).toEqual([
      { address: FAR, outcome: "unreachable", ports: [6379] },
    ]);
    expect(placesOf([FAR, 6379, "filtered"], [FAR, 5432, "failed"])).toEqual([
      { address: FAR, outcome: "filtered", ports: [6379] },
      { address: FAR, outcome: "failed", ports: [5432] },
    ]);
  });

  test("do not depend on the order in which probes end, and name each endpoint once an outcome", () => {
    const told = fc.array(
      fc.tuple(
        fc.constantFrom(NEAR, NAMED, FAR),
        fc.constantFrom(22, 5432, 6379),
        fc.constantFrom<Outcome>("open", "closed", "filtered", "unreachable", "failed"),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(told, (all) => {
        const there = placesOf(...all);
        expect(sorted(placesOf(...all.toReversed()))).toEqual(sorted(there));
        for (const { ports } of there) expect(ports).toEqual([...new Set(ports)].toSorted((a, b) => a - b));
      }),
    );
  });
});
