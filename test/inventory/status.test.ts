import { describe, expect, test } from "vitest";

import { statusOf } from "../../src/inventory/status.ts";
import type { Health, HealthReport } from "../../src/model/observation.ts";
import { seen } from "./observations.ts";

function check(health: Health): HealthReport {
  return { health, path: "/health", code: 200, latencyMs: 1, summary: "" };
}

/** What `tcp` and `http` say of one endpoint: named over HTTP or not, and the checks. */
function statusBy(health: Health, overHttp: boolean, checks?: readonly HealthReport[]): Health {
  const claim = { health, ...(overHttp && { overHttp: true as const }) };
  return statusOf([seen({ claim }), seen({ strategy: "http", claim, ...(checks && { checks }) })]);
}

describe("the status of a service", () => {
  test("is what it was named by, where nobody asked for its health", () => {
    expect(statusBy("healthy", true)).toBe("healthy");
  });

  test.each(["healthy", "degraded", "unhealthy", "protected", "unknown"] as const)(
    "is that of the check over HTTP that counts: %s",
    (health) => {
      expect(statusBy("healthy", true, [check(health), check("healthy")])).toBe(health);
    },
  );

  test("is not healthy where questions for health were put, and none was answered", () => {
    expect(statusBy("healthy", true, [])).toBe("unknown");
    expect(statusBy("protected", true, [])).toBe("protected");
    expect(statusBy("unhealthy", true, [])).toBe("unhealthy");
  });

  test("is what its own protocol showed beside checks that do not tell", () => {
    expect(statusBy("degraded", false, [check("unknown")])).toBe("degraded");
    expect(statusBy("healthy", false, [])).toBe("healthy");
    expect(statusBy("healthy", false, [check("unhealthy")])).toBe("unhealthy");
  });

  test("is that of another of its addresses, where one check does not tell", () => {
    const over4 = seen({ address: "127.0.0.1", checks: [check("unknown")] });
    const over6 = seen({ address: "::1", checks: [check("healthy")] });
    expect(statusOf([over4, over6])).toBe("healthy");
  });
});
