import { describe, expect, test } from "vitest";

import { createCatalog, loadCatalog } from "../../src/catalog/index.ts";
import { systemClock } from "../../src/model/clock.ts";
import type { InterfaceAddress } from "../../src/model/interface-address.ts";
import type { MulticastLink, MulticastLinks, MulticastOptions } from "../../src/model/multicast.ts";
import type { Scope, StrategyContext } from "../../src/model/strategy.ts";
import { systemNet } from "../../src/net/index.ts";
import mdns from "../../strategies/mdns/index.ts";
import { observationOf } from "../../strategies/mdns/observation.ts";
import { mdnsScope } from "../lab/mdns-bench.ts";
import { a, instance, name, response } from "./records.ts";

const ETH0: InterfaceAddress = {
  name: "eth0",
  family: 4,
  address: "10.0.0.1",
  prefixLength: 24,
  internal: false,
};

interface Stage {
  readonly context: StrategyContext;
  readonly warnings: string[];
  readonly stop: AbortController;
  readonly calls: MulticastOptions[];
  /** Links that were closed again. */
  closed: number;
  cut: number;
}

/** A run whose network is these links; each hears `packets` once it is asked. */
async function stageOf(
  shapes: readonly Pick<MulticastLink, "mode" | "family">[],
  packets: readonly Uint8Array[] = [],
  faults: MulticastLinks["faults"] = [],
): Promise<Stage> {
  const stop = new AbortController();
  const warnings: string[] = [];
  const calls: MulticastOptions[] = [];
  const multicast = (options: MulticastOptions): Promise<MulticastLinks> => {
    calls.push(options);
    const links = shapes.map((shape) => linkOf(shape, options, packets));
    return Promise.resolve({
      links,
      faults,
      shared: false,
      close: () => {
        stage.closed++;
        return Promise.resolve();
      },
    });
  };
  const context: StrategyContext = {
    scanner: { socketsTo: () => 1, sweep: never, dial: never, each: never, cutShort: () => void stage.cut++ },
    net: {
      ...systemNet,
      prober: never,
      dial: never,
      http: never,
      grpc: never,
      interfaces: () => [ETH0],
      multicast,
    },
    catalog: await loadCatalog(),
    clock: systemClock,
    isOwn: () => false,
    isTarget: () => true,
    identify: never,
    signal: stop.signal,
    log: { debug: () => {}, warn: (message) => void warnings.push(message) },
  };
  const stage: Stage = { context, warnings, stop, calls, closed: 0, cut: 0 };
  return stage;
}

function linkOf(
  { mode, family }: Pick<MulticastLink, "mode" | "family">,
  options: MulticastOptions,
  packets: readonly Uint8Array[],
): MulticastLink {
  const link: MulticastLink = {
    interface: "eth0",
    family,
    mode,
    isOnLink: () => true,
    send: () => {
      for (const bytes of packets)
        options.onPacket({ link, bytes, address: "10.0.0.9", port: 5353, own: false });
      return Promise.resolve(undefined);
    },
  };
  return link;
}

function never(): never {
  throw new Error("mDNS connects to nothing");
}

const SCOPE: Scope = mdnsScope();
const PACKET = response([...instance("box", "_redis._tcp", "h1", 6379), a(name("h1.local"), "10.0.0.9")]);

describe("the strategy", () => {
  test("closes its links where nobody hears it to the end", async () => {
    const stage = await stageOf([{ mode: "group", family: 4 }], [PACKET]);
    for await (const one of mdns.watch?.(SCOPE, stage.context) ?? []) {
      expect(one.endpoint).toEqual({ address: "10.0.0.9", port: 6379, transport: "tcp" });
      break;
    }
    expect(stage.closed).toBe(1);
    expect(stage.cut).toBe(0);
  });

  test("opens nothing once the run is over, nor where it is told of names that are not for it", async () => {
    const stage = await stageOf([{ mode: "group", family: 4 }]);
    const services = ["web.service.consul", "_http._tcp.corp.test"];
    for await (const one of mdns.observe({ ...SCOPE, services }, stage.context)) expect(one).toBeUndefined();
    stage.stop.abort();
    for await (const one of mdns.observe(SCOPE, stage.context)) expect(one).toBeUndefined();
    expect(stage.calls).toEqual([]);
    expect(stage.warnings).toEqual([]);
  });

  test("says what stands in its way, once, and which interfaces there are", async () => {
    const stage = await stageOf([], [], [{ interface: "eth0", family: 4, code: "ENODEV" }]);
    const found = mdns.observe({ ...SCOPE, interfaces: ["eth0", "eth9"] }, stage.context);
    for await (const one of found) expect(one).toBeUndefined();
    expect(stage.warnings).toEqual([
      "no interface 'eth9' is up here: there are eth0",
      "mDNS cannot be used on eth0 (IPv4): the interface is gone (ENODEV)",
      "mDNS: eth0, eth9 cannot be used, so nobody was asked",
    ]);
    expect(stage.cut).toBeGreaterThan(0);
    expect(stage.closed).toBe(1);
  });

  test("is not complete where one of the interfaces is not there", async () => {
    const stage = await stageOf([{ mode: "group", family: 4 }], [PACKET]);
    const found = mdns.watch?.({ ...SCOPE, interfaces: ["eth0", "eth9"] }, stage.context) ?? [];
    for await (const one of found) {
      expect(one.endpoint.port).toBe(6379);
      break;
    }
    expect(stage.warnings).toEqual(["no interface 'eth9' is up here: there are eth0"]);
    expect(stage.cut).toBeGreaterThan(0);
  });

  test("is not complete where an interface cannot be used", async () => {
    const fault = { interface: "eth1", family: 4, code: "ENODEV" } as const;
    const stage = await stageOf([{ mode: "group", family: 4 }], [PACKET], [fault]);
    for await (const one of mdns.watch?.(SCOPE, stage.context) ?? []) {
      expect(one.endpoint.port).toBe(6379);
      break;
    }
    expect(stage.warnings).toEqual(["mDNS cannot be used on eth1 (IPv4): the interface is gone (ENODEV)"]);
    expect(stage.cut).toBeGreaterThan(0);
  });

  test("says once that something was left out, and is not complete", async () => {
    const many = Array.from({ length: 40 }, (_, at) => a(name("h1.local"), `10.0.1.${at}`));
    const packet = response([...instance("box", "_redis._tcp", "h1", 6379), ...many]);
    const stage = await stageOf([{ mode: "group", family: 4 }], [packet, packet]);
    let count = 0;
    for await (const one of mdns.watch?.(SCOPE, stage.context) ?? []) {
      expect(one.sameHost).toHaveLength(count < 8 ? 8 : 0);
      if (++count === 16) break;
    }
    expect(stage.warnings).toEqual(["mDNS: more is announced here than is kept, and some of it is left out"]);
    expect(stage.cut).toBe(1);
  });

  test("takes this machine's addresses from nobody else", async () => {
    const two = [a(name("h1.local"), "10.0.0.1"), a(name("h1.local"), "10.0.0.9")];
    const packet = response([...instance("box", "_redis._tcp", "h1", 6379), ...two]);
    const stage = await stageOf([{ mode: "group", family: 4 }], [packet]);
    const context = { ...stage.context, isOwn: (address: string) => address === "10.0.0.1" };
    for await (const one of mdns.watch?.(SCOPE, context) ?? []) {
      expect(one.endpoint.address).toBe("10.0.0.9");
      expect(one.sameHost).toEqual(["10.0.0.9"]);
      break;
    }
  });

  test("says where 5353 is held, and keeps quiet about a family that another one stands in for", async () => {
    const shapes = [{ mode: "one-shot", family: 4 } as const];
    const stage = await stageOf(shapes, [], [{ interface: "eth0", family: 6, code: "EADDRNOTAVAIL" }]);
    const watch = mdns.watch?.(SCOPE, stage.context)[Symbol.asyncIterator]();
    const next = watch?.next();
    setTimeout(() => stage.stop.abort(), 0);
    expect((await next)?.done).toBe(true);
    expect(stage.warnings).toEqual([expect.stringMatching(/5353 is held .* on eth0 \(IPv4\)/)]);
  });
});

/** What the announcement of an instance of that type becomes. */
async function announced(serviceType: string, shared = false): Promise<unknown> {
  const known = await loadCatalog();
  const [first, second] = known.entries;
  const both = [first, second].filter((one) => one !== undefined);
  const alike = both.map((one) => ({ ...one, dnsServices: ["_shared._tcp"] }));
  const found = {
    key: "",
    endpoint: { address: "10.0.0.9", port: 1, transport: "tcp" } as const,
    announcement: {
      name: "x",
      instance: "x",
      serviceType,
      domain: "local",
      target: "h1.local",
      interface: "eth0",
    },
    addresses: ["10.0.0.9"],
    expiresAt: 10_500,
    ripe: true,
  };
  const catalog = shared ? createCatalog(alike) : known;
  return observationOf({ kind: "announced", found }, { catalog, now: 5, monotonic: 1_000 });
}

describe("an announcement", () => {
  test("is a claim of the kind that goes by that type, and how long it holds", async () => {
    expect(await announced("_postgresql._tcp")).toMatchObject({
      at: 5,
      ttlSeconds: 10,
      announcement: { ttlSeconds: 10 },
      hostnames: ["h1.local"],
      claim: {
        type: "postgresql",
        confidence: 0.6,
        summary: 'announced as "x" (_postgresql._tcp) by mDNS on eth0',
      },
    });
    expect(await announced("_Postgresql._tcp")).toMatchObject({ claim: { type: "postgresql" } });
    expect(await announced("_odd._tcp")).not.toHaveProperty("claim");
  });

  test("of a type that several go by is the one called like it, or one of them, and less sure", async () => {
    expect(await announced("_amqp._tcp")).toMatchObject({ claim: { type: "amqp", confidence: 0.6 } });
    expect(await announced("_shared._tcp", true)).toMatchObject({ claim: { confidence: 0.4 } });
  });
});
