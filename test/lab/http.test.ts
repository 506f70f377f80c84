import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { loadCatalog } from "../../src/catalog/index.ts";
import { discover } from "../../src/index.ts";
import type { Inventory, Service } from "../../src/index.ts";
import type { CatalogEntry, HttpExample } from "../../src/model/catalog.ts";
import { OWN } from "../health/bodies.ts";
import { startBadServer } from "./bad-server.js";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";
import type { Listening } from "./listening.js";
import { isHttpExample, startHttpStandIn } from "./stand-in.ts";

const catalog = await loadCatalog();

/** What the http strategy alone says of these ports of a host. */
function ask(host: string, ports: readonly number[], httpTimeoutMs = 2_000): Promise<Inventory> {
  return discover({
    targets: [host],
    ports,
    strategies: ["http"],
    httpTimeoutMs,
    deadlineMs: 50_000,
  }).inventory();
}

/** `healthy by /health`, `unknown` where nothing was asked. */
function verdictAt({ services }: Inventory, port: number): string {
  const found = services.find((service) => service.port === port);
  if (found === undefined) return "nothing there";
  const path = firstCheckOf(found)?.path;
  return path === undefined ? found.status : `${found.status} by ${path}`;
}

function firstCheckOf({
  metadata,
}: Service): { readonly path: string; readonly summary: string } | undefined {
  const checks = metadata["checks"];
  const [first]: unknown[] = Array.isArray(checks) ? checks : [];
  if (typeof first !== "object" || first === null || !("path" in first) || !("summary" in first))
    return undefined;
  return { path: String(first.path), summary: String(first.summary) };
}

describe("health over HTTP", () => {
  let lab: Lab;
  let inventory: Inventory;
  const host = "10.99.0.11";

  beforeAll(async () => {
    lab = await createLab({ hosts: 1 });
    const h1 = lab.host(1);
    const json = "default_type application/json;";
    const tls = await lab.certificate("shop.test", { expired: true });
    const site = (port: number, locations: string): Promise<unknown> => h1.nginx({ port, locations });
    await Promise.all([
      h1.nginx({ port: 80, tls, tlsPort: 443 }),
      site(8_001, `location = /health { ${json} return 200 '{"status":"unhealthy"}'; }`),
      site(8_002, `location = /health { ${json} return 503 '{"status":"ok"}'; }`),
      site(8_003, "location / { return 401; }"),
      site(8_004, "location / { return 302 /login?next=$uri; } location = /login { return 200 ok; }"),
      site(
        8_005,
        `location = /health { return 301 /health/; } location = /health/ { return 200 "Healthy"; }`,
      ),
      site(8_006, `location / { default_type text/html; return 200 "<!doctype html><div id=app></div>"; }`),
      site(8_007, `location = /healthz { return 200 "ok"; } location = /readyz { return 503 "not ready"; }`),
      site(8_008, "location / { return 502; }"),
      site(8_009, "location = /none { return 204; }"),
      h1.etcd(),
      h1.nats({ monitorPort: 8_222 }),
      h1.redis(),
    ]);
    const ports = [80, 443, 2_379, 4_222, 6_379, 8_222, ...Array.from({ length: 9 }, (_, at) => 8_001 + at)];
    inventory = await ask(host, ports);
  });

  afterAll(() => lab?.close());

  test.each([
    ["nginx with a health path", 80, "healthy by /health"],
    ["nginx inside TLS, its certificate expired", 443, "healthy by /health"],
    ["unhealthy, said with 200", 8_001, "unhealthy by /health"],
    ["well, said with 503", 8_002, "unhealthy by /health"],
    ["everything wants a password", 8_003, "protected by /health"],
    ["everything leads to the log-in", 8_004, "protected by /health"],
    ["the path has moved to one with a slash", 8_005, "healthy by /health"],
    ["a single-page application", 8_006, "healthy by /"],
    ["alive and not ready", 8_007, "degraded by /readyz"],
    ["a proxy whose upstream is gone", 8_008, "unhealthy by /"],
    ["nothing but a 404", 8_009, "unknown by /"],
    ["etcd", 2_379, "healthy by /health"],
    ["NATS's monitoring", 8_222, "healthy by /healthz"],
  ])("%s", (_, port, verdict) => {
    expect(verdictAt(inventory, port)).toBe(verdict);
  });

  test("names what it met, with versions", () => {
    const named = inventory.services.map(({ port, type, version }) => [port, type, version !== null]);
    expect(named).toContainEqual([2_379, "etcd", true]);
    expect(named).toContainEqual([8_222, "nats", true]);
    expect(named).toContainEqual([80, "nginx", true]);
  });

  test("what speaks no HTTP is reported all the same", () => {
    expect(inventory.services.filter(({ port }) => port === 6_379)).toMatchObject([{ type: "redis" }]);
    expect(inventory.services.filter(({ port }) => port === 4_222)).toMatchObject([{ type: "nats" }]);
  });

  test("a bad certificate is a finding", () => {
    const secure = inventory.services.find(({ port }) => port === 443);
    expect(secure?.tls).toBe(true);
    expect(JSON.stringify(secure?.metadata["tls"])).toMatch(/"problem":"[^"]*(?:expired|self-signed)/);
  });

  test("tcp and http together say one thing, once", async () => {
    const both = await discover({
      targets: [host],
      ports: [80, 2_379, 6_379],
      strategies: ["tcp", "http"],
    }).inventory();
    expect(
      both.services.map(({ port, type, status, strategies }) => [port, type, status, strategies]),
    ).toEqual([
      [80, "nginx", "healthy", ["http", "tcp"]],
      [2_379, "etcd", "healthy", ["http", "tcp"]],
      [6_379, "redis", "healthy", ["tcp"]],
    ]);
  });

  test("a server that is stopped is not waited for", async () => {
    const h1 = lab.host(1);
    const frozen = await h1.nginx({ port: 8_100 });
    frozen.pause();
    const found = await ask(host, [8_100], 500);
    expect(found.services).toMatchObject([{ port: 8_100, type: "unknown", status: "unknown" }]);
    await frozen.stop();
  });
});

describe("bad servers", () => {
  const modes = [
    "redirect",
    "gzipbomb",
    "headers",
    "slowhttp",
    "half",
    "floodhttp",
    "mute",
    "garbage",
  ] as const;

  test.each(modes)("are survived: %s", async (mode) => {
    const server = await startBadServer(mode);
    const { services, warnings } = await ask("127.0.0.1", [server.port], 1_000);
    await server.close();
    expect(services.map(({ port }) => port)).toEqual([server.port]);
    expect(services.map(({ status }) => status)).not.toContain("unhealthy");
    expect(warnings).toEqual([]);
  });
});

const serving = catalog.entries.filter(({ http }) => http !== undefined);

/** The pages of one product: of each path one, so that nothing contradicts itself. */
function pagesOf(entry: CatalogEntry, example: HttpExample): HttpExample[] {
  const kin = entry.examples
    .filter(isHttpExample)
    .filter((one) => one.path !== example.path && one.name === example.name);
  return [example, ...kin];
}

const examples = serving.flatMap((entry) =>
  entry.examples.filter(isHttpExample).map((example) => ({
    title: `${entry.type}: ${example.path} ${example.name}`,
    entry,
    example,
  })),
);

async function statusOf(pages: readonly HttpExample[], port?: number): Promise<Service | undefined> {
  const server: Listening = await startHttpStandIn(pages, port === undefined ? {} : { port });
  const { services } = await ask("127.0.0.1", [server.port]);
  await server.close();
  return services[0];
}

describe("recorded stand-ins of catalog entries", () => {
  test("are there for every entry that speaks HTTP", () => {
    const shown = new Set(examples.map(({ entry }) => entry.type));
    expect(serving.map(({ type }) => type).filter((type) => !shown.has(type))).toEqual([]);
  });

  test.each(examples)("fare as recorded: $title", async ({ entry, example }) => {
    const found = await statusOf(pagesOf(entry, example));
    expect(found).toBeDefined();
    // Some answers fit their kind, and name it only beside a surer one.
    if (found?.type !== entry.type) return;
    const { health = (example.status ?? 200) < 500 ? found.status : "unhealthy" } = example.expect;
    if (entry.carrier !== true) expect(found.status).toBe(health);
    else expect(found.status === "unhealthy").toBe(health === "unhealthy");
  });
});

/** A page by which the entry is named for certain, and which says nothing ill. */
function sureOf(entry: CatalogEntry): HttpExample | undefined {
  return entry.examples.filter(isHttpExample).find((example) => {
    const reply = { headers: {}, body: "", status: 200, ...example, json: parsed(example.body ?? "") };
    const matches = (entry.http ?? []).flatMap((check) =>
      check.path === example.path ? (check.read(reply) ?? []) : [],
    );
    return matches.some(
      ({ confidence, health }) => confidence > 0.6 && health !== "unhealthy" && health !== "protected",
    );
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const answers = OWN.flatMap(({ type = "", product, path, status, headers, body, health }) => {
  const entry = catalog.get(type);
  const sure = entry && sureOf(entry);
  if (entry === undefined || sure === undefined || sure.path === path || health === "none") return [];
  const page = { name: product, path, status: status ?? 200, headers: headers ?? {}, body, expect: {} };
  return [{ title: `${product} at ${path}`, entry, sure, page, health, path }];
});

describe("their own health paths", () => {
  test("decide for most entries that have one", () => {
    const shown = new Set(answers.map(({ entry }) => entry.type));
    const promised = serving.filter(({ healthPaths = [] }) => healthPaths.length > 0);
    expect(shown.size).toBeGreaterThan(promised.length * 0.6);
  });

  test.each(answers)("decide: $title", async ({ entry, sure, page, health, path }) => {
    const found = await statusOf([page, sure]);
    expect(found?.type).toBe(entry.type);
    expect(found?.status).toBe(health);
    expect(found && firstCheckOf(found)?.path).toBe(path);
  });
});
