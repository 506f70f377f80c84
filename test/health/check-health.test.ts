import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { checkHealth } from "../../src/health/check-health.ts";
import type { TimedReply } from "../../src/model/net.ts";
import type { Health, HealthReport } from "../../src/model/observation.ts";
import { type Body, replyOf } from "./bodies.ts";

const catalog = await loadCatalog();
const ORIGIN = "http://10.0.0.1:8080";

type Pages = Readonly<Record<string, Partial<Body>>>;

interface Asked {
  readonly checks: readonly HealthReport[];
  readonly paths: readonly string[];
}

interface Server {
  /** What it was named, and how it fared by that. */
  readonly type?: string;
  readonly health?: Health;
  readonly otherwise?: Partial<Body> | "silence";
}

/** Asks a server that has these pages and answers `otherwise` anywhere else. */
async function ask(
  pages: Pages,
  { type = "http", health = "healthy", otherwise = { status: 404 } }: Server = {},
): Promise<Asked> {
  const paths: string[] = [];
  const get = async (path: string): Promise<TimedReply | undefined> => {
    paths.push(path);
    const page = Object.hasOwn(pages, path) ? pages[path] : otherwise;
    return page === undefined || page === "silence" ? undefined : { ...replyOf(page), latencyMs: 1.5 };
  };
  const session = { get, close: async () => {} };
  const claim = { type, confidence: 0.9, health, summary: "was recognised", overHttp: true as const };
  return { checks: await checkHealth({ session, claim, catalog, origin: ORIGIN }), paths };
}

async function verdict(pages: Pages, options?: Server): Promise<string> {
  const [first] = (await ask(pages, options)).checks;
  return first === undefined ? "nothing" : `${first.health} by ${first.path}`;
}

const OK = { body: '{"status":"ok"}' };
const FAILS = { status: 503, body: '{"status":"error"}' };
const EMPTY = { body: "" };
const PAGE = { body: "<!doctype html><html><body><div id=app></div></body></html>" };

describe("asking for health", () => {
  test("reports path, code, latency and what was read", async () => {
    expect((await ask({ "/health": OK })).checks).toEqual([
      { path: "/health", code: 200, latencyMs: 1.5, health: "healthy", summary: 'status "ok"' },
    ]);
  });

  test("asks what has a name for its own paths and the usual ones, and nothing else", async () => {
    const { paths } = await ask({ "/healthz": { body: "healthz check passed" } }, { type: "qdrant" });
    expect(paths.toSorted()).toEqual(["/health", "/healthz", "/ready", "/readyz"]);
  });

  test("asks what has none for what is customary", async () => {
    const { paths } = await ask({ "/health": OK });
    expect(paths).toEqual(["/health", "/ready", "/healthz", "/actuator/health", "/-/healthy", "/up"]);
  });

  test.each<[string, Pages, Server["otherwise"] & {}]>([
    ["everything is 404", {}, { status: 404 }],
    ["everything is empty", {}, EMPTY],
    ["everything has moved", {}, { status: 301, headers: { location: "/health/" } }],
    ["everything is well", {}, OK],
    ["everything is silent", {}, "silence"],
  ])("takes few requests where %s", async (_, pages, otherwise) => {
    const { paths } = await ask(pages, { otherwise });
    expect(paths.length).toBeLessThanOrEqual(9);
    expect(new Set(paths).size).toBe(paths.length);
  });

  test("asks for the other of a pair where one is met", async () => {
    const pages = { "/healthz": { body: "ok" }, "/readyz": { status: 503, body: "not ready" } };
    const { checks } = await ask(pages);
    expect(checks.map(({ path, health }) => `${path} ${health}`)).toEqual([
      "/readyz degraded",
      "/healthz healthy",
    ]);
    expect(checks[0]?.summary).toBe('"not ready"; alive, and not ready');
  });

  test.each([
    [
      "the path of its kind decides",
      "healthy by /api/health",
      { "/api/health": { body: '{"database":"ok","version":"1","commit":"0123456789"}' }, "/ready": FAILS },
      "grafana",
    ],
    [
      "unless it is protected",
      "healthy by /health",
      { "/v2/": { status: 401 }, "/health": OK },
      "docker-registry",
    ],
    [
      "the gravest decides among its own",
      "unhealthy by /health",
      { "/health": FAILS, "/ping": { status: 204 } },
      "influxdb",
    ],
    [
      "not ready and alive is degraded",
      "degraded by /readyz",
      {
        "/healthz": { body: "healthz check passed" },
        "/readyz": { status: 503, body: "some shards are not ready" },
      },
      "qdrant",
    ],
    ["not ready alone is unhealthy", "unhealthy by /ready", { "/ready": FAILS }, "http"],
    [
      "not ready and dead is unhealthy",
      "unhealthy by /health",
      { "/health": FAILS, "/ready": FAILS },
      "http",
    ],
    [
      "what is open tells more than what is guarded",
      "healthy by /health",
      { "/health": OK, "/actuator/health": { status: 401 } },
      "http",
    ],
    ["guarded tells more than nothing", "protected by /health", { "/health": { status: 403 } }, "http"],
    [
      "a word that nobody knows is unknown",
      "unknown by /health",
      { "/health": { body: '{"status":"purple"}' } },
      "http",
    ],
    [
      "unhealthy with 200 is unhealthy",
      "unhealthy by /health",
      { "/health": { body: '{"status":"unhealthy"}' } },
      "http",
    ],
  ] as const)("%s", async (_, expected, pages, type) => {
    expect(await verdict(pages, { type })).toBe(expected);
  });

  describe("a server that answers everything alike", () => {
    test("tells nothing by empty answers", async () => {
      expect(await verdict({}, { otherwise: EMPTY })).toBe("healthy by /");
    });

    test("tells nothing by pages", async () => {
      expect(await verdict({}, { otherwise: PAGE })).toBe("healthy by /");
    });

    test("is unhealthy by its page where that fails, too", async () => {
      expect(await verdict({}, { otherwise: { status: 502 }, health: "unhealthy" })).toBe("unhealthy by /");
    });

    test("is believed where it says more elsewhere", async () => {
      expect(await verdict({ "/health": FAILS }, { otherwise: EMPTY })).toBe("unhealthy by /health");
    });

    test("is not what answers one path with nothing", async () => {
      expect(await verdict({ "/ready": EMPTY })).toBe("healthy by /ready");
      expect(await verdict({ "/health": { status: 500 } })).toBe("unhealthy by /health");
    });
  });

  describe("where no path answers", () => {
    test("says so, and what the page says", async () => {
      const { checks } = await ask({ "/": PAGE });
      expect(checks).toMatchObject([
        { path: "/", code: 200, health: "healthy", summary: "no path for health answered, only this one" },
      ]);
    });

    test("reads the page where that tells of health", async () => {
      expect(await verdict({ "/": { body: '{"status":"degraded"}' } })).toBe("degraded by /");
    });

    test("keeps to what a named service was recognised by", async () => {
      const { checks } = await ask({ "/": PAGE }, { type: "neo4j", health: "degraded" });
      expect(checks).toMatchObject([
        { health: "degraded", summary: "no path for health answered, only this one: was recognised" },
      ]);
    });

    test("takes a page that leads to a log-in for protected", async () => {
      const page = { status: 302, headers: { location: "/login?next=/" } };
      const { checks } = await ask({ "/": page });
      expect(checks).toMatchObject([{ health: "protected", summary: "redirects to /login, to log in" }]);
    });

    test("has nothing to report where there is no answer at all", async () => {
      expect((await ask({}, { otherwise: "silence" })).checks).toEqual([]);
    });
  });

  describe("a redirect", () => {
    test("is followed once, on the same host", async () => {
      const pages = {
        "/health": { status: 301, headers: { location: "/health/" } },
        "/health/": OK,
        "/ready": { status: 301, headers: { location: "/ready/" } },
        "/ready/": { status: 301, headers: { location: "/v2/ready/" } },
        "/v2/ready/": FAILS,
      };
      const { checks, paths } = await ask(pages);
      expect(checks).toMatchObject([
        { path: "/health", health: "healthy", summary: 'at /health/: status "ok"' },
      ]);
      expect(paths).not.toContain("/v2/ready/");
    });

    test("to a log-in is protected, and not followed", async () => {
      const pages = { "/health": { status: 302, headers: { location: "/login" } }, "/login": OK };
      const { checks, paths } = await ask(pages);
      expect(checks).toMatchObject([{ health: "protected", summary: "redirects to /login, to log in" }]);
      expect(paths).not.toContain("/login");
    });

    test("off the host is bait, and not taken", async () => {
      const otherwise = { status: 302, headers: { location: "http://169.254.169.254/latest/health" } };
      const { checks, paths } = await ask({}, { otherwise });
      expect(checks).toMatchObject([
        {
          path: "/",
          code: 302,
          summary:
            "no path for health answered, only this one: redirects to http://169.254.169.254/latest/health",
        },
      ]);
      expect(paths.join()).not.toContain("latest");
    });
  });
});
