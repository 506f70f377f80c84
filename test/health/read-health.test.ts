import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { type Answer, readHealth } from "../../src/health/read-health.ts";
import type { HealthReading } from "../../src/health/reading.ts";
import { BODIES, type Body, OWN, replyOf } from "./bodies.ts";

const catalog = await loadCatalog();

function read(reply: Answer, path = "/health", type?: string): HealthReading | undefined {
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

describe("an answer that was not read in full", () => {
  test.each<[string, Partial<Body> & Pick<Answer, "cut" | "packed">, string?]>([
    ["its words may go on", { body: "ok", cut: "timeout" }, '"ok", stopped half-way until time was up'],
    ["there are none yet", { body: "", cut: "closed" }, "no body, hung up half-way"],
    [
      "its JSON is a half",
      { body: '{"status":"unhe', cut: "timeout" },
      '"{"status":"unhe", stopped half-way until time was up',
    ],
    ["it is too long", { body: '{"status":"ok","x":"y', cut: "size" }],
    [
      "it is packed",
      { body: "", packed: true, headers: { "content-encoding": "zstd" } },
      "packed as zstd, not read",
    ],
  ])("is unknown where %s, at a path of its kind, too", (_, { cut, packed, ...body }, summary) => {
    const reply = { ...replyOf(body), ...(cut && { cut }), ...(packed && { packed }) };
    for (const type of [undefined, "prometheus"]) {
      const reading = read(reply, "/-/healthy", type);
      expect(reading?.health).toBe("unknown");
      if (summary !== undefined) expect(reading?.summary).toBe(summary);
    }
  });

  test("says so of what is too long", () => {
    const reply = { ...replyOf({ body: "x".repeat(65_536) }), cut: "size" as const };
    expect(read(reply)?.summary).toMatch(/only the first 64 KiB were read$/);
  });

  test("is read where what came is whole, or its code tells", () => {
    const cut = { cut: "closed" as const };
    expect(read({ ...replyOf({ body: '{"status":"ok"}' }), ...cut })?.health).toBe("healthy");
    expect(read({ ...replyOf({ status: 503, body: '{"sta' }), ...cut })?.health).toBe("unhealthy");
    expect(read({ ...replyOf({ status: 401 }), ...cut })?.health).toBe("protected");
    expect(read({ ...replyOf({ status: 404 }), ...cut })).toBeUndefined();
    const page = `<html>${"x".repeat(65_530)}`;
    expect(read({ ...replyOf({ body: page }), cut: "size" })).toBeUndefined();
  });
});

describe("what is wrapped", () => {
  test.each([
    ['{"status":"success","data":{"status":"unhealthy"}}', "unhealthy", 'data.status "unhealthy"'],
    ['{"success":true,"data":{"status":"DOWN"}}', "unhealthy", 'data.status "DOWN"'],
    ['{"result":{"status":"DOWN"}}', "unhealthy", 'result.status "DOWN"'],
    ['{"data":{"status":"UP"}}', "healthy", 'data.status "UP"'],
    ['{"code":200,"message":"OK","payload":{"healthy":false}}', "unhealthy", "payload.healthy false"],
    ['{"ok":true,"response":{"status":"ok","checks":{"db":{"status":"down"}}}}', "degraded", undefined],
    ['{"status":"error","data":{"status":"ok"}}', "unhealthy", undefined],
    ['{"success":false,"data":{"status":"ok"}}', "unhealthy", undefined],
    ['{"status":"UP","data":{"status":"DOWN"}}', "degraded", undefined],
    ['{"status":"ok","data":{"status":"purple"}}', "healthy", undefined],
  ])("speaks for the whole where nothing else does: %s", (body, health, summary) => {
    const reading = read(replyOf({ body }));
    expect(reading?.health).toBe(health);
    if (summary !== undefined) expect(reading?.summary).toBe(summary);
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
