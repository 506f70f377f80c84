import { describe, expect, test } from "vitest";

import { knowledgeOf } from "../../src/assess/knowledge.ts";
import { look } from "../../src/assess/look.ts";
import type { Look, Wanted } from "../../src/boot/tools.ts";
import { loadCatalog } from "../../src/catalog/index.ts";
import { loadVersions } from "../../src/stack/version.ts";
import { NEVER, closedPort, during, handles, handlesBackTo, serve } from "../net/peers.ts";
import { httpWith, redisWith } from "./servers.ts";

const versions = await loadVersions();
const knowledge = knowledgeOf(await loadCatalog(), (version, range) => versions.satisfies(version, range));
/** Short where silence is what is tried, and never what decides otherwise. */
const patient = { timeoutMs: 5_000, httpTimeoutMs: 5_000 };
const hasty = { timeoutMs: 150, httpTimeoutMs: 150 };

function lookAt(port: number, wanted: Wanted, options = patient, signal = NEVER): Promise<Look> {
  return look({ address: "127.0.0.1", port }, wanted, signal, { knowledge, options });
}

const redis: Wanted = { type: "redis" };

describe("one look", () => {
  test("finds what is wanted and well", async () => {
    await during(redisWith("7.0.15"), async ({ port }) => {
      expect(await lookAt(port, redis)).toEqual({
        state: "healthy",
        summary: "Redis 7.0.15",
        version: "7.0.15",
        url: `redis://127.0.0.1:${port}`,
      });
      expect(await lookAt(port, { ...redis, version: ">=6 <8" })).toMatchObject({ state: "healthy" });
    });
  });

  test("finds another version than is wanted", async () => {
    await during(redisWith("5.0.3"), async ({ port }) => {
      expect(await lookAt(port, { ...redis, version: ">=6" })).toMatchObject({
        state: "other",
        summary: `127.0.0.1:${port} is redis 5.0.3, and >=6 is wanted`,
        version: "5.0.3",
      });
    });
  });

  test("does not know a version that is not told", async () => {
    await during(redisWith(undefined), async ({ port }) => {
      expect(await lookAt(port, { ...redis, version: ">=6" })).toMatchObject({
        state: "unknown",
        summary: `127.0.0.1:${port} does not tell its version, and >=6 is wanted`,
      });
    });
  });

  test("finds something else", async () => {
    await during(redisWith("7.0.15"), async ({ port }) => {
      expect(await lookAt(port, { type: "postgresql" })).toMatchObject({
        state: "other",
        summary: `127.0.0.1:${port} is redis, not postgresql`,
      });
    });
  });

  test("takes what is loading for what is wanted, and not for well", async () => {
    const loading = serve((socket) => {
      socket.on("data", () => socket.write("-LOADING Redis is loading the dataset in memory\r\n"));
    });
    await during(loading, async ({ port }) => {
      expect(await lookAt(port, redis)).toMatchObject({
        state: "unhealthy",
        summary: expect.stringContaining("is not ready: "),
      });
    });
  });

  test("takes a refusal for absence", async () => {
    const port = await closedPort();
    expect(await lookAt(port, redis)).toEqual({
      state: "absent",
      summary: `127.0.0.1:${port} refuses the connection`,
      version: null,
      url: null,
    });
  });

  test("takes silence for nothing that it knows", async () => {
    await during(
      serve(() => {}),
      async ({ port }) => {
        const { state, summary } = await lookAt(port, redis, hasty);
        expect(state).toBe("unknown");
        expect(summary).toContain(`127.0.0.1:${port} is open, and not known to be redis: `);
      },
    );
  });

  test("never rejects: an end that came before it is no knowledge", async () => {
    await during(redisWith("7.0.15"), async ({ port }) => {
      expect(await lookAt(port, redis, patient, AbortSignal.abort())).toMatchObject({
        state: "unknown",
        version: null,
      });
    });
  });

  test("is called off within a moment, and leaves no socket", async () => {
    const before = handles();
    const stop = new AbortController();
    let met = 0;
    const mute = serve(() => {
      met++;
      stop.abort();
    });
    await during(mute, async ({ port }) => {
      expect(await lookAt(port, redis, patient, stop.signal)).toMatchObject({ state: "unknown" });
    });
    expect(met).toBeGreaterThan(0);
    await handlesBackTo(before);
  });
});

describe("a look by a health path", () => {
  const http: Wanted = { type: "http", healthPath: "/ready" };

  test.each([
    [200, "healthy"],
    [204, "healthy"],
    [503, "unhealthy"],
    [404, "unhealthy"],
    [302, "unhealthy"],
  ])("takes status %d for %s", async (status, state) => {
    await during(httpWith({ "/ready": status }), async ({ port }) => {
      const seen = await lookAt(port, http);
      expect(seen).toMatchObject({ state, url: `http://127.0.0.1:${port}` });
      expect(seen.summary).toContain(`GET /ready answered ${status}`);
    });
  });

  test("asks that path and no other", async () => {
    const asked: string[] = [];
    await during(httpWith({ "/ready": 200 }, asked), async ({ port }) => {
      await lookAt(port, http);
      expect(new Set(asked)).toEqual(new Set(["/ready"]));
    });
  });

  test("finds no HTTP where there is none", async () => {
    await during(redisWith("7.0.15"), async ({ port }) => {
      expect((await lookAt(port, http)).state).not.toBe("healthy");
    });
    expect(await lookAt(await closedPort(), http)).toMatchObject({ state: "absent" });
  });

  test("is not enough for who is of a kind of its own", async () => {
    await during(httpWith({ "/ready": 200 }), async ({ port }) => {
      expect((await lookAt(port, { type: "prometheus", healthPath: "/ready" })).state).not.toBe("healthy");
    });
  });
});
