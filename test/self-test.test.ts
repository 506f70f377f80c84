import { describe, expect, test } from "vitest";

import type { Strategy, StrategyCheck } from "../src/model/strategy.ts";
import { type SelfTest, selfTest } from "../src/self-test.ts";

function mine(name: string, check?: Strategy["test"]): Strategy {
  return { name, summary: "A test", async *observe() {}, ...(check && { test: check }) };
}

async function testsOf(...strategies: (string | Strategy)[]): Promise<SelfTest[]> {
  const found: SelfTest[] = [];
  for await (const one of selfTest({ strategies, deadlineMs: 5_000 })) found.push(one);
  return found;
}

const FINE: StrategyCheck = { works: true, summary: "fine" };
const BROKEN: StrategyCheck = { works: false, summary: "broken", remedy: "mend it" };

describe("trying the strategies on this machine", () => {
  test("a strategy works where all of its checks do", async () => {
    const found = await testsOf(
      mine("good", async () => [FINE]),
      mine("bad", async () => [FINE, BROKEN]),
    );
    expect(found).toEqual([
      { name: "good", summary: "A test", works: true, checks: [FINE] },
      { name: "bad", summary: "A test", works: false, checks: [FINE, BROKEN] },
    ]);
  });

  test("one that throws does not, and the others are tried all the same", async () => {
    const found = await testsOf(
      mine("thrower", () => Promise.reject(new Error("no idea"))),
      mine("good", async () => [FINE]),
    );
    expect(found.map(({ works }) => works)).toEqual([false, true]);
    expect(found[0]?.checks[0]?.summary).toBe("its test failed: no idea");
  });

  test("what it warns of is told, and one without a test says so", async () => {
    const found = await testsOf(
      mine("warner", async (_, { log }) => {
        log.warn("mind the gap");
        return [FINE];
      }),
      mine("untested"),
    );
    expect(found[0]?.checks).toEqual([FINE, { works: true, summary: "mind the gap" }]);
    expect(found[1]).toMatchObject({ works: true, checks: [{ summary: "has no test of its own" }] });
  });

  test("one that has no time left is not said to be broken by anything else", async () => {
    const slow = mine("slow", async (_, { signal }) => {
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return [BROKEN];
    });
    const found: SelfTest[] = [];
    for await (const one of selfTest({ strategies: [slow], deadlineMs: 20 })) found.push(one);
    expect(found[0]?.checks).toEqual([
      { ...BROKEN, remedy: "the time was over before it could tell: give it more with --deadline" },
    ]);
  });

  test("tcp and http work here", async () => {
    const found = await testsOf("tcp", "http");
    expect(found.map(({ name, works }) => [name, works])).toEqual([
      ["tcp", true],
      ["http", true],
    ]);
  });
});
