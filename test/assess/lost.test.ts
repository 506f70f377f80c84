import { describe, expect, test } from "vitest";

import type { Assessment } from "../../src/assess/assess.ts";
import { withLost } from "../../src/assess/lost.ts";
import { service } from "../cli/fake-io.ts";

const redis = service("redis", {
  id: "redis@10.0.0.2:6379",
  host: "10.0.0.2",
  addresses: ["10.0.0.2"],
  port: 6379,
});

function assessed(changes: Partial<Assessment> = {}): Assessment {
  return {
    services: [],
    stale: [],
    unknown: [{ address: "10.0.0.2", ports: [5432, 6379], outcome: "filtered" }],
    complete: true,
    gaps: [],
    hosts: [],
    warnings: [],
    isRecalled: false,
    ...changes,
  };
}

describe("what was met before", () => {
  test("is shown as stale where nobody answered now", () => {
    expect(withLost(assessed(), [redis])).toMatchObject({
      services: [{ id: redis.id, stale: true }],
      stale: [redis.id],
    });
  });

  test("is not where its port refuses by now, or where it was met again", () => {
    const elsewhere = assessed({ unknown: [{ address: "10.0.0.2", ports: [5432], outcome: "filtered" }] });
    expect(withLost(elsewhere, [redis])).toBe(elsewhere);
    const met = assessed({ services: [redis] });
    expect(withLost(met, [redis])).toBe(met);
  });
});
