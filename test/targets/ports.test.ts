import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { DiscoverError } from "../../src/model/errors.ts";
import { parsePorts } from "../../src/targets/ports.ts";

const CATALOG = [22, 80, 5432];

function failure(text: string): string {
  try {
    parsePorts(text, CATALOG);
  } catch (error) {
    if (error instanceof DiscoverError && error.code === "bad-port") return error.message;
    throw error;
  }
  return "no error";
}

describe("ports", () => {
  test.each([
    ["22", [22]],
    ["443, 22 ,80", [22, 80, 443]],
    ["8000-8003", [8000, 8001, 8002, 8003]],
    ["5-5", [5]],
    ["common", CATALOG],
    ["Common,22,81-82", [22, 80, 81, 82, 5432]],
    ["-3", [1, 2, 3]],
    ["65534-", [65_534, 65_535]],
    ["1,65535", [1, 65_535]],
  ])("%s", (text, ports) => {
    expect(parsePorts(text, CATALOG)).toEqual(ports);
  });

  test("all is every port from 1 to 65535", () => {
    const ports = parsePorts("all", CATALOG);
    expect(ports).toHaveLength(65_535);
    expect([ports[0], ports.at(-1)]).toEqual([1, 65_535]);
    expect(parsePorts("all,common,9-10", CATALOG)).toEqual(ports);
  });

  test("any list, in any order and as ranges or not, comes back ascending and each once", () => {
    const run = fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.nat({ max: 20 }));
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 20 }), (runs) => {
        const ranges = runs.map(([first, more]) => [first, Math.min(first + more, 65_535)] as const);
        const text = ranges
          .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
          .join(",");
        const model = new Set(
          ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at)),
        );
        const ports = parsePorts(text, CATALOG);
        expect(ports).toEqual([...model].toSorted((a, b) => a - b));
        expect(parsePorts(ports.join(","), CATALOG)).toEqual(ports);
      }),
    );
  });

  test.each([
    ["0", "0 (--ports): a port is 1 to 65535"],
    ["65536", "65536 (--ports): a port is 1 to 65535"],
    ["22,0-10", "0-10 (--ports): a port is 1 to 65535"],
    ["60000-70000", "60000-70000 (--ports): a port is 1 to 65535"],
    ["99999999999999999999", "99999999999999999999 (--ports): a port is 1 to 65535"],
    ["90-80", "90-80 (--ports): the range is reversed: write 80-90"],
    ["comon", "comon (--ports): not a port — did you mean 'common'?"],
    ["22,al", "al (--ports): not a port — did you mean 'all'?"],
    ["http", "http (--ports): not a port; give one, for example 22,8000-8100, common or all"],
    ["80/tcp", "80/tcp (--ports): not a port; give one, for example 22,8000-8100, common or all"],
    ["1-2-3", "1-2-3 (--ports): not a port; give one, for example 22,8000-8100, common or all"],
    ["-", "- (--ports): not a port; give one, for example 22,8000-8100, common or all"],
    ["1.5", "1.5 (--ports): not a port; give one, for example 22,8000-8100, common or all"],
    ["2\n2", String.raw`2\u{a}2 (--ports): not a port; give one, for example 22,8000-8100, common or all`],
    ["", "no port (--ports): give one, for example 22,8000-8100, common or all"],
    ["22,,80", "no port (--ports): give one, for example 22,8000-8100, common or all"],
  ])("%j is refused", (text, message) => {
    expect(failure(text)).toBe(message);
  });

  test("an error says where the text came from", () => {
    expect(() => parsePorts("0", CATALOG, "DISCOVERY_TCP_PORTS")).toThrow(
      "0 (DISCOVERY_TCP_PORTS): a port is 1 to 65535",
    );
  });
});
