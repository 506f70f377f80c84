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
      site(8_009, "location / { return 404; }"),
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

/** All stand-ins at once, and what one run says of them, in their order. */
async function askAll(all: readonly (readonly HttpExample[])[]): Promise<(Service | undefined)[]> {
  const servers: Listening[] = await Promise.all(all.map((pages) => startHttpStandIn(pages)));
  const ports = servers.map(({ port }) => port);
  const { services } = await ask("127.0.0.1", ports, 5_000);
  await Promise.all(servers.map((server) => server.close()));
  return ports.map((port) => services.find((service) => service.port === port));
}

describe("recorded stand-ins of catalog entries", () => {
  let found: readonly (Service | undefined)[] = [];
  beforeAll(async () => {
    found = await askAll(examples.map(({ entry, example }) => pagesOf(entry, example)));
  });

  test("are there for every entry that speaks HTTP", () => {
    const shown = new Set(examples.map(({ entry }) => entry.type));
    expect(serving.map(({ type }) => type).filter((type) => !shown.has(type))).toEqual([]);
  });

  test.each(examples.map((one, at) => ({ ...one, at })))(
    "fare as recorded: $title",
    ({ entry, example, at }) => {
      const service = found[at];
      expect(service).toBeDefined();
      // Some answers fit their kind, and name it only beside a surer one.
      if (service?.type !== entry.type) return;
      const { health = (example.status ?? 200) < 500 ? service.status : "unhealthy" } = example.expect;
      if (entry.carrier !== true) expect(service.status).toBe(health);
      else expect(service.status === "unhealthy").toBe(health === "unhealthy");
    },
  );

  test("are named in nearly all cases", () => {
    const named = examples.filter(({ entry }, at) => found[at]?.type === entry.type);
    expect(named.length).toBeGreaterThan(examples.length * 0.7);
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
  let found: readonly (Service | undefined)[] = [];
  beforeAll(async () => {
    found = await askAll(answers.map(({ page, sure }) => [page, sure]));
  });

  test("decide for most entries that have one", () => {
    const shown = new Set(answers.map(({ entry }) => entry.type));
    const promised = serving.filter(({ healthPaths = [] }) => healthPaths.length > 0);
    expect(shown.size).toBeGreaterThan(promised.length * 0.6);
  });

  test.each(answers.map((one, at) => ({ ...one, at })))("decide: $title", ({ entry, health, path, at }) => {
    const service = found[at];
    expect(service?.type).toBe(entry.type);
    expect(service?.status).toBe(health);
    expect(service && firstCheckOf(service)?.path).toBe(path);
  });
});
