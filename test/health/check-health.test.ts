import { describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { checkHealth } from "../../src/health/check-health.ts";
import type { NoReply, TimedReply } from "../../src/model/net.ts";
import type { Health, HealthReport } from "../../src/model/observation.ts";
import { type Body, replyOf } from "./bodies.ts";

const catalog = await loadCatalog();
const ORIGIN = "http://10.0.0.1:8080";

/** A body that was cut, or why there is no answer. */
type Page = (Partial<Body> & Pick<TimedReply, "cut" | "packed">) | NoReply["failure"];
type Pages = Readonly<Record<string, Page>>;

interface Asked {
  readonly checks: readonly HealthReport[];
  readonly paths: readonly string[];
}

interface Server {
  /** What it was named, and how it fared by that. */
  readonly type?: string;
  readonly health?: Health;
  readonly otherwise?: Page;
}

/** Asks a server that has these pages and answers `otherwise` anywhere else. */
async function ask(
  pages: Pages,
  { type = "http", health = "healthy", otherwise = { status: 404 } }: Server = {},
): Promise<Asked> {
  const paths: string[] = [];
  const session = {
    ask: async (path: string): Promise<TimedReply | NoReply> => {
      paths.push(path);
      const page = (Object.hasOwn(pages, path) ? pages[path] : undefined) ?? otherwise;
      if (typeof page === "string") return { failure: page, latencyMs: 5_000 };
      const { cut, packed } = page;
      return { ...replyOf(page), ...(cut && { cut }), ...(packed && { packed }), latencyMs: 1.5 };
    },
  };
  const claim = { type, confidence: 0.9, health, summary: "was recognised", overHttp: true as const };
  return { checks: await checkHealth({ session, claim, catalog, origin: ORIGIN }), paths };
}

async function verdict(pages: Pages, options?: Server): Promise<string> {
  const [first] = (await ask(pages, options)).checks;
  return first === undefined ? "nothing" : `${first.health} by ${first.path}`;
}

function redirectTo(location: string): Page {
  return { status: 302, headers: { location } };
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
    ["everything is silent", {}, "timeout"],
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

  describe("a server that says the same at every path", () => {
    test.each<[string, Partial<Body>, string]>([
      ["401", { status: 401 }, "protected"],
      ["429", { status: 429 }, "unknown"],
      ["302 to log in", { status: 302, headers: { location: "/login" } }, "protected"],
      ["that it is well", OK, "healthy"],
    ])("is asked once around and reported once: %s", async (_, otherwise, health) => {
      const { checks, paths } = await ask({}, { otherwise });
      expect(checks).toMatchObject([{ path: "/health", health }]);
      expect(checks[0]?.summary).toMatch(
        /; the same at \/ready, \/healthz, \/actuator\/health, \/-\/healthy, \/up$/,
      );
      expect(paths).toHaveLength(6);
    });

    test("is not who says another thing at one of them", async () => {
      const { checks } = await ask({ "/healthz": FAILS }, { otherwise: { status: 401 } });
      expect(checks.map(({ path, health }) => `${path} ${health}`)).toEqual([
        "/healthz unhealthy",
        "/health protected",
      ]);
    });
  });

  describe("a path that gives no answer", () => {
    test.each<[string, Page, string, string]>([
      ["hangs", "timeout", "unhealthy", "no answer in 5 s"],
      ["hangs up", "closed", "unhealthy", "hung up without an answer"],
      ["cannot be read", "garbled", "unknown", "no HTTP answer that could be read"],
    ])("is a finding where others answer: it %s", async (_, page, health, summary) => {
      const { checks } = await ask({ "/": PAGE, "/health": page });
      expect(checks).toEqual([{ path: "/health", code: 0, latencyMs: 5_000, health, summary }]);
    });

    test("is one also after it has moved", async () => {
      const moved = { status: 301, headers: { location: "/health/" } };
      expect(await verdict({ "/health": moved, "/health/": "timeout" })).toBe("unhealthy by /health");
    });

    test("is degraded where another is well", async () => {
      const { checks } = await ask({ "/health": "timeout", "/ready": OK });
      expect(checks).toMatchObject([
        { path: "/health", health: "degraded", summary: "no answer in 5 s; well by another path" },
        { path: "/ready", health: "healthy" },
      ]);
      expect(await verdict({ "/health": "timeout", "/ready": FAILS })).toBe("unhealthy by /ready");
    });

    test("tells nothing where every other is silent, too, and the page makes nobody healthy then", async () => {
      for (const otherwise of ["timeout", "closed"] as const) {
        const { checks } = await ask({ "/": PAGE }, { otherwise });
        expect(checks).toMatchObject([
          {
            path: "/",
            health: "unknown",
            summary: "questions for its health got no answer at all, only this one did",
          },
        ]);
      }
    });

    test("tells nothing where it was not asked", async () => {
      for (const page of ["unsent", "cancelled"] as const)
        expect(await verdict({ "/": PAGE, "/health": page })).toBe("healthy by /");
    });

    test("is asked again where it hung up: the connection may have been closing", async () => {
      let asked = 0;
      const session = {
        ask: async (path: string): Promise<TimedReply | NoReply> => {
          if (path === "/health" && asked++ === 0) return { failure: "closed", latencyMs: 1 };
          return { ...replyOf(path === "/health" ? OK : { status: 404 }), latencyMs: 1 };
        },
      };
      const claim = { type: "http", confidence: 0.9, summary: "" };
      const checks = await checkHealth({ session, claim, catalog, origin: ORIGIN });
      expect(checks).toMatchObject([{ path: "/health", code: 200, health: "healthy" }]);
    });
  });

  describe("an answer that was cut", () => {
    test("is unknown, and so is the page", async () => {
      const half = { body: '{"status":"unhe', cut: "timeout" as const };
      expect(await verdict({ "/": PAGE, "/health": half })).toBe("unknown by /health");
      expect(await verdict({}, { otherwise: half })).toBe("unknown by /");
      expect(await verdict({ "/": { body: "<html>", cut: "closed" } })).toBe("unknown by /");
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
      expect((await ask({}, { otherwise: "timeout" })).checks).toEqual([]);
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

    test("on and on is unhealthy", async () => {
      const itself = { "/": redirectTo("/") };
      expect(await verdict(itself)).toBe("unhealthy by /");
      const { checks } = await ask(
        { "/health": redirectTo("/a/health") },
        { otherwise: redirectTo("/health") },
      );
      expect(checks).toMatchObject([
        { health: "unhealthy", summary: "no path for health answered, only this one: redirects on and on" },
      ]);
    });

    test("of the page is followed on its own server, where it has no kind", async () => {
      const page = { status: 302, headers: { location: "/ui/" } };
      expect(await verdict({ "/": page, "/ui/": PAGE })).toBe("healthy by /");
      expect(await verdict({ "/": page, "/ui/": { status: 502 } })).toBe("unhealthy by /");
      expect(await verdict({ "/": page })).toBe("unknown by /");
      expect(await verdict({ "/": page, "/ui/": "timeout" })).toBe("unknown by /");
      expect(await verdict({ "/": page, "/ui/": { status: 302, headers: { location: "/login" } } })).toBe(
        "protected by /",
      );
      expect((await ask({ "/": page }, { type: "neo4j" })).paths).not.toContain("/ui/");
    });

    test("that leads ever deeper is not followed for ever", async () => {
      let asked = 0;
      const session = {
        ask: async (): Promise<TimedReply> => ({
          ...replyOf({ status: 302, headers: { location: `/${"x/".repeat(++asked)}` } }),
          latencyMs: 1,
        }),
      };
      const claim = { type: "http", confidence: 0.9, health: "healthy" as const, summary: "" };
      const [check] = await checkHealth({ session, claim, catalog, origin: ORIGIN });
      expect(check?.health).toBe("unhealthy");
      expect(asked).toBeLessThanOrEqual(14);
    });

    test("off the host is bait, and not taken", async () => {
      const otherwise = { status: 302, headers: { location: "http://169.254.169.254/latest/health" } };
      const { checks, paths } = await ask({}, { otherwise });
      expect(checks).toMatchObject([
        {
          path: "/",
          code: 302,
          health: "unknown",
          summary:
            "no path for health answered, only this one: redirects to http://169.254.169.254/latest/health",
        },
      ]);
      expect(paths.join()).not.toContain("latest");
    });
  });
});
