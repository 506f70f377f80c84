import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { readHealth } from "../../src/health/read-health.ts";
import type { HealthReading } from "../../src/health/reading.ts";
import type { HttpReply } from "../../src/model/catalog.ts";
import { BODIES, OWN, replyOf } from "./bodies.ts";

const catalog = await loadCatalog();

function read(reply: HttpReply, path = "/health", type?: string): HealthReading | undefined {
  const owner = type === undefined ? undefined : catalog.get(type);
  return readHealth(reply, { path, ...(owner && { owner }) });
}

describe("the health in an answer", () => {
  test.each(BODIES.map((body) => ({ title: `${body.product}: ${body.status ?? 200} ${body.path}`, body })))(
    "$title",
    ({ body }) => {
      const reading = read(replyOf(body), body.path, body.type);
      expect(reading?.health ?? "none").toBe(body.health);
      if (body.parts !== undefined) expect(reading?.parts).toEqual(body.parts);
    },
  );

  test("is known for every path that the catalog promises", () => {
    const promised = catalog.entries.filter(({ healthPaths = [] }) => healthPaths.length > 0);
    expect(promised.map(({ type }) => type)).not.toEqual([]);
    for (const { type, http } of promised) {
      if (http === undefined || catalog.get(type)?.carrier === true) continue;
      expect(OWN.map((one) => one.type)).toContain(type);
    }
  });

  test("is told in one line of what was read", () => {
    expect(read(replyOf({ body: '{"status":"UP"}' }))?.summary).toBe('status "UP"');
    expect(read(replyOf({ body: '{"status":"purple"}' }))?.summary).toBe('status "purple", a word not known');
    expect(read(replyOf({ status: 401, headers: { "www-authenticate": "Bearer" } }))?.summary).toBe(
      "wants Bearer credentials",
    );
    const parts = '{"status":"ok","checks":{"db":{"status":"down"},"queue":{"status":"up"}}}';
    expect(read(replyOf({ body: parts }))?.summary).toBe('status "ok", 1 of 2 parts in order, not "db"');
  });

  test("keeps few parts and short names, however many and long they are", () => {
    const checks = Array.from({ length: 1_000 }, (_, at) => ({
      name: `${at}${"x".repeat(500)}`,
      status: "UP",
    }));
    const parts = Object.keys(read(replyOf({ body: JSON.stringify({ status: "UP", checks }) }))?.parts ?? {});
    expect(parts).toHaveLength(50);
    expect(Math.max(...parts.map((name) => name.length))).toBeLessThanOrEqual(60);
  });

  test("takes a part called __proto__ for a part", () => {
    const reading = read(replyOf({ body: '{"status":"ok","checks":{"__proto__":{"status":"down"}}}' }));
    expect(Object.entries(reading?.parts ?? {})).toEqual([["__proto__", "unhealthy"]]);
  });
});

describe("any answer at all", () => {
  const codes = fc.integer({ min: 100, max: 999 });
  const types = fc.constantFrom(undefined, ...catalog.entries.map(({ type }) => type));

  test("is read, whatever its JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), codes, types, (json, status, type) => {
        const reading = read({ status, headers: {}, body: JSON.stringify(json), json }, "/health", type);
        expect(reading?.summary ?? "printable").toMatch(/^[\x20-\x7e…]+$/);
      }),
      { numRuns: 500 },
    );
  });

  test("is read, whatever its text", () => {
    const texts = fc.oneof(fc.string({ unit: "binary", maxLength: 500 }), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(texts, codes, (body, status) => {
        const reading = read({ status, headers: {}, body, json: undefined });
        expect(reading?.summary ?? "printable").toMatch(/^[\x20-\x7e…]+$/);
      }),
      { numRuns: 500 },
    );
  });

  test.each(["<", "[+]", "a ", "status:", "\n", "<head>", ": ", "is ", "[", '{"a":', "_"])(
    "is read in no time, 64 KiB of %j included",
    (piece) => {
      const body = piece.repeat(Math.ceil(65_536 / piece.length)).slice(0, 65_536);
      // Else the test would run out of its time.
      expect(() => read({ status: 200, headers: {}, body, json: undefined })).not.toThrow();
    },
  );

  test("is read though its JSON is deep and wide", () => {
    const deep = `${'{"checks":'.repeat(5_000)}{}${"}".repeat(5_000)}`;
    const lists = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
    for (const body of [deep, lists]) expect(() => read(replyOf({ body }))).not.toThrow();
  });
});

describe("a word that has a good one in it", () => {
  const good = fc.constantFrom("ok", "healthy", "up", "ready", "pass", "alive", "running", "true");
  const letters = fc.stringMatching(/^[a-z0-9]{1,8}$/);

  test("is not taken for that one", () => {
    fc.assert(
      fc.property(letters, good, letters, (before, word, after) => {
        for (const text of [`${before}${word}`, `${word}${after}`, `${before}${word}${after}`]) {
          const known = ["healthy", "isready", "pass", "passed", "passing", "ok", "okay", "up"].includes(
            text,
          );
          fc.pre(!known);
          const readings = [replyOf({ body: text }), replyOf({ body: JSON.stringify({ status: text }) })].map(
            (reply) => read(reply)?.health,
          );
          expect(readings).not.toContain("healthy");
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each(["unhealthy", "not healthy", "NOT_READY", "Not OK", "unready", "inactive", "not-serving"])(
    "such as %s",
    (word) => {
      const readings = [word, JSON.stringify({ status: word }), JSON.stringify(word), `status: ${word}`].map(
        (body) => read(replyOf({ body }))?.health,
      );
      expect(readings).not.toContain("healthy");
    },
  );

  test.each([
    ["no server is healthy"],
    ["healthy: 0 of 3"],
    ["ok: false"],
    ["ok: down"],
    ["unhealthy: ok"],
    ["healthy nodes: none"],
    ["nothing is ok"],
    ['<p class="healthy">down</p>'],
  ])("in a sentence such as %j", (body) => {
    expect(read(replyOf({ body }))?.health).not.toBe("healthy");
  });
});
