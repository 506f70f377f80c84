import * as fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";

import type { DiscoverOptions } from "../../src/model/options.ts";
import { canProbeDirectly } from "../../src/net/direct-prober.ts";
import { socketLimit } from "../../src/net/machine.ts";
import { START, type Shares, shareOut, socketsFor } from "../../src/run/share-out.ts";
import { usefulThreads } from "../../src/run/sweepers.ts";

vi.mock(import("../../src/net/direct-prober.ts"), { spy: true });
vi.mock(import("../../src/net/machine.ts"), { spy: true });
vi.mock(import("../../src/run/sweepers.ts"), { spy: true });

beforeEach(() => {
  vi.mocked(canProbeDirectly).mockReturnValue(true);
  vi.mocked(socketLimit).mockReturnValue(1_000_000);
  vi.mocked(usefulThreads).mockReturnValue(4);
});

function sharesOf(options: DiscoverOptions): Shares {
  return shareOut(options, () => false);
}

describe("what a run may have is shared out", () => {
  test("so that this thread and its helpers never have more than the user and the machine allow", () => {
    const options = fc.record(
      {
        concurrency: fc.integer({ min: 1, max: 65_535 }),
        perHost: fc.integer({ min: 1, max: 65_535 }),
        rate: fc.integer({ min: 1, max: 10_000_000 }),
        threads: fc.integer({ min: 1, max: 64 }),
        direct: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        options,
        fc.boolean(),
        fc.integer({ min: 16, max: 100_000 }),
        (given, isDirect, machine) => {
          vi.mocked(canProbeDirectly).mockReturnValue(isDirect);
          vi.mocked(socketLimit).mockReturnValue(machine);
          const { helpers } = sharesOf(given);
          const limits = helpers.count > 0 ? helpers.beside : helpers.alone;
          const { concurrency = 16_000, perHost = 256 } = given;
          expect(
            limits.sockets + (helpers.count > 0 ? helpers.count * helpers.sockets : 0),
          ).toBeLessThanOrEqual(Math.min(concurrency, machine));
          expect(limits.sockets).toBeGreaterThan(0);
          expect(limits.start).toBeLessThanOrEqual(START);
          if (helpers.count > 0) expect(helpers.count * helpers.start).toBeLessThanOrEqual(START);
          // A host is one helper's at a time, and this thread's beside it.
          expect(limits.perHost + (helpers.count > 0 ? helpers.perHost : 0)).toBe(perHost);
          expect(limits.perHost).toBeGreaterThan(0);
          if (helpers.count > 0)
            expect(Math.min(helpers.sockets, helpers.start, helpers.perHost)).toBeGreaterThan(8);
        },
      ),
    );
  });

  test("among as many threads as are useful, or as are wanted, this one included", () => {
    expect(sharesOf({}).helpers.count).toBe(3);
    expect(sharesOf({ threads: 2 }).helpers.count).toBe(1);
    expect(sharesOf({ threads: 1 }).helpers).toMatchObject({ count: 0, sockets: 0, start: 0 });
    expect(sharesOf({ concurrency: 8_000, threads: 2, perHost: 101 })).toMatchObject({
      limits: { sockets: 8_000, start: START, perHost: 101 },
      helpers: {
        beside: { sockets: 4_000, start: START / 2, perHost: 51 },
        count: 1,
        sockets: 4_000,
        start: START / 2,
        perHost: 50,
        sweepAlone: false,
      },
      isDirect: true,
    });
  });

  test("with threads that sweep alone by Node's public sockets, and this one for the conversations", () => {
    expect(sharesOf({ concurrency: 8_000, threads: 2, direct: false })).toMatchObject({
      limits: { sockets: 8_000 },
      helpers: {
        beside: { sockets: 512 },
        count: 2,
        sockets: 3_744,
        start: START / 2,
        sweepAlone: true,
      },
      isDirect: false,
    });
  });

  test("with sockets that are Node's public ones where it is asked for, or nothing else is there", () => {
    expect(sharesOf({ direct: false }).isDirect).toBe(false);
    vi.mocked(canProbeDirectly).mockReturnValue(false);
    expect(sharesOf({ direct: true }).isDirect).toBe(false);
    expect(sharesOf({}).isDirect).toBe(false);
  });

  test.each<[string, DiscoverOptions]>([
    ["a rate", { rate: 100_000 }],
    ["few sockets", { concurrency: 1_023 }],
    ["few to a host", { perHost: 63 }],
  ])("with nobody where there is %s, however many threads are wanted", (_, options) => {
    const { limits, helpers } = sharesOf({ ...options, threads: 8 });
    expect(helpers.count).toBe(0);
    expect(limits).toMatchObject({ sockets: options.concurrency ?? 16_000, perHost: options.perHost ?? 256 });
    expect(limits.rate).toBe(options.rate);
  });

  test("of what the machine has, where that is less", () => {
    vi.mocked(socketLimit).mockReturnValue(200);
    expect(socketsFor({})).toBe(200);
    expect(sharesOf({}).helpers.count).toBe(0);
  });

  test("stays in one thread where somebody wants to know how every probe ended", () => {
    expect(sharesOf({}).helpers.count).toBe(3);
    expect(sharesOf({ onOutcome: () => {} }).helpers.count).toBe(0);
    expect(sharesOf({ onOutcome: () => {}, threads: 4 }).helpers.count).toBe(0);
  });
});
