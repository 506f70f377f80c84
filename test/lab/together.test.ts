import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { discover } from "../../src/discover.ts";
import type { Inventory, Service } from "../../src/model/inventory.ts";
import type { DiscoverOptions } from "../../src/model/options.ts";
import { selfTest } from "../../src/self-test.ts";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";
import { missingPrograms } from "./programs.js";

/** db and web are h1; gone is an address of h1 where nothing listens. */
const CORP = `
db A 10.99.0.11
db AAAA fd99::11
web A 10.99.0.11
_postgresql._tcp 60 SRV 10 5 5432 db
_http._tcp 60 SRV 1 0 8080 web
_redis._tcp 60 SRV 1 0 6399 db
`;

const ALL = ["tcp", "http", "dns", "mdns"] as const;
const missing = missingPrograms(["avahi-daemon", "knotd", "postgres", "nginx"]).length > 0;

describe.skipIf(missing)("all four strategies together", () => {
  let lab: Lab;
  let inventory: Inventory;

  const options: DiscoverOptions = {
    strategies: ALL,
    domains: ["corp.test"],
    dnsServers: ["10.99.0.12"],
  };

  beforeAll(async () => {
    lab = await createLab({ hosts: 3 });
    const [h1, h2, h3] = [lab.host(1), lab.host(2), lab.host(3)];
    await Promise.all([h1.postgres(), h1.nginx({ port: 8080 }), h2.knot({ "corp.test": CORP }), h3.redis()]);
    await h1.avahi([
      { name: "Team DB, 2nd floor", type: "_postgresql._tcp", port: 5432, txt: ["env=prod"] },
      { name: "Printer é", type: "_ipp._tcp", port: 631 },
    ]);
    inventory = await discover(options).inventory();
  });
  afterAll(() => lab.close());

  const typed = (type: string): readonly Service[] => inventory.services.filter((one) => one.type === type);

  test("make one PostgreSQL of what mDNS, SRV and TCP know of it", () => {
    const [postgres, ...more] = typed("postgresql");
    expect(more).toEqual([]);
    expect(postgres).toMatchObject({
      id: "postgresql@10.99.0.11:5432",
      name: "Team DB, 2nd floor",
      addresses: ["10.99.0.11", "fd99::11"],
      hostnames: ["db.corp.test", "h1.local"],
      strategies: ["dns", "mdns", "tcp"],
      status: "healthy",
      product: "PostgreSQL",
    });
    expect(postgres?.confidence).toBeGreaterThan(0.9);
    expect(postgres?.metadata["announcements"]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ strategy: "dns", priority: 10, weight: 5, verified: true }),
        expect.objectContaining({ strategy: "mdns", txt: { env: "prod" }, verified: true }),
      ]),
    );
    const told = new Set(postgres?.evidence.map(({ strategy }) => strategy));
    expect([...told].toSorted()).toEqual(["dns", "mdns", "tcp"]);
  });

  test("give a web server that SRV names its health over HTTP", () => {
    const [web, ...more] = typed("nginx");
    expect(more).toEqual([]);
    expect(web).toMatchObject({ strategies: ["dns", "http", "tcp"], hostnames: ["web.corp.test"] });
    expect(web?.metadata["announcements"]).toEqual([
      expect.objectContaining({ strategy: "dns", verified: true }),
    ]);
    expect(web?.status).toBe("healthy");
  });

  test("say of a name that nobody answers behind it", () => {
    const refused = typed("redis");
    expect(refused.map(({ port, status }) => [port, status])).toEqual(refused.map(() => [6399, "unhealthy"]));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.metadata["announcements"]).toEqual([
      expect.objectContaining({ strategy: "dns", verified: false }),
    ]);
    expect(refused[0]?.evidence.map(({ summary }) => summary)).toContain(
      "refused a connection: nothing listens there",
    );
  });

  test("keep what nobody knows by the name it goes by", () => {
    const printer = inventory.services.find(({ name }) => name === "Printer é");
    expect(printer).toMatchObject({ type: "unknown", port: 631 });
  });

  test("look only at what they were told to: h3 announces nothing", () => {
    expect(inventory.services.some(({ host }) => host === "10.99.0.13")).toBe(false);
    expect(inventory.coverage.complete).toBe(true);
  });

  test("leave out what is announced beyond the targets that were named", async () => {
    const { services } = await discover({ ...options, targets: ["10.99.0.13"] }).inventory();
    expect(services.map(({ id }) => id)).toEqual(["redis@10.99.0.13:6379"]);
  });

  test("never connect where it is excluded, whoever announces it", async () => {
    const { services } = await discover({ ...options, exclude: ["10.99.0.11", "fd99::11"] }).inventory();
    expect(
      services.filter(({ addresses }) =>
        addresses.some((one) => one.endsWith(".11") || one.endsWith("::11")),
      ),
    ).toEqual([]);
  });

  test("find a host by its .local name", async () => {
    const { services } = await discover({ targets: ["h1.local"], ports: [5432] }).inventory();
    expect(services.map(({ type, hostnames, addresses }) => [type, hostnames, addresses])).toEqual([
      ["postgresql", ["h1.local"], ["10.99.0.11", "fd99::11"]],
    ]);
  });

  test("all work here, by their own word", async () => {
    const found: [string, boolean][] = [];
    for await (const { name, works } of selfTest({ ...options, deadlineMs: 20_000 }))
      found.push([name, works]);
    expect(found).toEqual(ALL.map((name) => [name, true]));
  });
});
