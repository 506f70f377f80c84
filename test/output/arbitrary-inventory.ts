import * as fc from "fast-check";

import type { Inventory, Service } from "../../src/model/inventory.ts";
import { bareService, MIXED } from "./inventory-fixture.ts";

const TROUBLE = Array.from("\u001b\u009b\u202e\u2028\ufeff\u0000\r\n\t\",;=+-@'\\:#東é\u0301 ");

/** Any text at all, rich in what is troublesome. */
const nasty = fc.string({
  unit: fc.oneof(fc.string({ unit: "binary", minLength: 1, maxLength: 1 }), fc.constantFrom(...TROUBLE)),
});

/** What parsers like to take for something other than text. */
const word = fc.constantFrom(
  "yes",
  "No",
  "null",
  "~",
  "1:30",
  "1e3",
  "0x1f",
  "2026-03-01",
  "<<",
  "=",
  "-",
  "?",
  "'",
  "",
);

export const text: fc.Arbitrary<string> = fc.oneof(nasty, word);

/** One that survives a pass through JSON unchanged: it has no -0. */
const metadata = fc.dictionary(
  text,
  fc
    .jsonValue({ maxDepth: 2, stringUnit: "binary" })
    .map((value) => structuredClone(JSON.parse(JSON.stringify(value)))),
  { maxKeys: 4, noNullPrototype: true },
);

const service: fc.Arbitrary<Service> = fc
  .record({
    id: text,
    name: text,
    type: text,
    category: text,
    host: text,
    port: fc.nat(65_535),
    addresses: fc.array(text, { minLength: 1, maxLength: 3 }),
    hostnames: fc.array(text, { maxLength: 3 }),
    url: fc.option(text),
    tls: fc.boolean(),
    status: fc.constantFrom("healthy", "degraded", "unhealthy", "protected", "unknown"),
    product: fc.option(text),
    version: fc.option(text),
    confidence: fc.constantFrom(0, 0.5, 0.98, 1),
    latencyMs: fc.option(fc.constantFrom(0, 0.4, 1200)),
    metadata,
  })
  .map(bareService);

export const inventory: fc.Arbitrary<Inventory> = fc
  .record({ services: fc.array(service, { maxLength: 3 }), warnings: fc.array(text, { maxLength: 2 }) })
  .map((parts) => ({ ...MIXED, ...parts }));
