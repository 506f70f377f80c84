import { describe, expect, test } from "vitest";

import { statusOf } from "../../src/inventory/status.ts";
import type { Health, HealthReport } from "../../src/model/observation.ts";
import { TLS, seen, unknown } from "./observations.ts";

const LOCKED = { ...TLS, clientCertificate: "required" } as const;
const WANTED = { ...TLS, clientCertificate: "wanted" } as const;

function check(health: Health): HealthReport {
  return { health, path: "/", code: 400, latencyMs: 1, summary: "" };
}

describe("a service that insists on a client certificate", () => {
  test.each([
    ["is protected, whatever it may be", [unknown({ tls: LOCKED })], "protected"],
    [
      "is protected where a check came to nothing",
      [seen({ tls: LOCKED, checks: [check("unknown")] })],
      "protected",
    ],
    [
      "is what a check found",
      [unknown({ tls: LOCKED }), seen({ checks: [check("unhealthy")] })],
      "unhealthy",
    ],
    [
      "is no more protected once it refuses every connection",
      [unknown({ tls: LOCKED, outcome: "closed" })],
      "unhealthy",
    ],
    ["is not one that takes whom it asked in vain", [unknown({ tls: WANTED })], "unknown"],
  ] as const)("%s", (_, observations, status) => {
    expect(statusOf(observations)).toBe(status);
  });
});
