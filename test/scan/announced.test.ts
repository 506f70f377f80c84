import { describe, expect, test } from "vitest";

import type { Endpoint } from "../../src/model/endpoint.ts";
import type { SweptEndpoint } from "../../src/model/strategy.ts";
import { Announced } from "../../src/scan/announced.ts";
import { Tally } from "../../src/scan/tally.ts";
import { FakeNet, hostAt, scopeOf } from "./fake-net.ts";
import type { Script } from "./fake-net.ts";
import { scannerOver } from "./scanner-over.ts";

function at(address: string, port: number): Endpoint {
  return { address, port, transport: "tcp" };
}

function textOf({ endpoint, outcome, hostnames = [] }: SweptEndpoint): string {
  return [`${endpoint.address}:${endpoint.port}`, outcome, ...hostnames].join(" ");
}

function sweepOf(announced: Announced, script: Script, hosts = 1) {
  const fake = new FakeNet(script);
  const tally = new Tally();
  const { signal } = new AbortController();
  const limits = { sockets: 16, perHost: 16, isOwn: () => false };
  const scanner = scannerOver({ net: fake.net, limits, announced, tally, signal });
  const swept = scanner.sweep(scopeOf({ hosts, ports: [1, 2] }));
  return { fake, tally, swept };
}

const evenIsOpen: Script = (_, port) => (port % 2 === 0 ? "open" : "closed");

describe("what is announced while a sweep runs", () => {
  test("is looked at too, and told of however it is", async () => {
    const announced = new Announced(true);
    const { swept, tally } = sweepOf(announced, evenIsOpen);
    const found: string[] = [];
    for await (const one of swept) {
      found.push(textOf(one));
      if (found.length > 1) continue;
      // The scope has been swept by now: what comes later is looked at all the same.
      announced.add({ endpoint: at("192.0.2.7", 4), hostnames: ["four.test"] });
      announced.add({ endpoint: at("192.0.2.7", 5), hostnames: [] });
      announced.end();
    }
    expect(found.toSorted()).toEqual([
      `${hostAt(0)}:2 open`,
      "192.0.2.7:4 open four.test",
      "192.0.2.7:5 closed",
    ]);
    expect(tally.coverage).toMatchObject({ probes: 4, open: 2, closed: 2, unprobed: 0, complete: true });
  });

  test("is told of once, if the scope has it too or if it is announced again", async () => {
    const announced = new Announced(true);
    for (const port of [1, 2, 2]) announced.add({ endpoint: at(hostAt(0), port), hostnames: ["h.test"] });
    announced.end();
    const { swept, tally } = sweepOf(announced, evenIsOpen);
    const found: string[] = [];
    for await (const one of swept) found.push(textOf(one));
    expect(found.toSorted()).toEqual([`${hostAt(0)}:1 closed h.test`, `${hostAt(0)}:2 open h.test`]);
    expect(tally.coverage).toMatchObject({ probes: 2, open: 1, closed: 1, unprobed: 0 });
  });

  test("keeps the sweep waiting until nobody announces any more", async () => {
    const announced = new Announced(true);
    const { swept } = sweepOf(announced, evenIsOpen, 0);
    let ended = false;
    const found: string[] = [];
    const draining = (async () => {
      for await (const one of swept) found.push(textOf(one));
      ended = true;
    })();
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(false);
    announced.add({ endpoint: at("192.0.2.7", 4), hostnames: [] });
    announced.end();
    await draining;
    expect(found).toEqual(["192.0.2.7:4 open"]);
  });

  test("is bounded, in all and at one address", () => {
    const announced = new Announced(true);
    const add = (host: number, port: number) =>
      announced.add({ endpoint: at(`192.0.2.${host}`, port), hostnames: [] });
    const atOne = Array.from({ length: 100 }, (_, port) => add(1, port + 1));
    expect(atOne.filter(Boolean)).toHaveLength(64);
    const all = Array.from({ length: 10_000 }, (_, count) =>
      add(2 + (count % 200), 1 + Math.floor(count / 200)),
    );
    expect(all.filter(Boolean)).toHaveLength(4_096 - 64);
    expect(add(1, 1)).toBe(true);
  });

  test("is followed where nobody announces, besides all that is, and left over where the sweep has ended", async () => {
    const announced = new Announced(false);
    announced.follow({ endpoint: at("10.9.9.9", 3), hostnames: ["h3"] });
    announced.follow({ endpoint: at("10.9.9.9", 3), hostnames: ["again"] });
    announced.follow({ endpoint: at(hostAt(0), 2), hostnames: [] });
    const { swept } = sweepOf(announced, evenIsOpen);
    const found: string[] = [];
    for await (const one of swept) found.push(textOf(one));
    expect(found.toSorted()).toEqual([`${hostAt(0)}:2 open`, "10.9.9.9:3 closed h3"].toSorted());
    announced.follow({ endpoint: at("10.9.9.9", 4), hostnames: [] });
    expect(announced.take()).toEqual({ endpoint: at("10.9.9.9", 4), hostnames: [] });
    expect(announced.take()).toBeUndefined();
  });

  test("does not count among what is announced, of which there may only be so much", () => {
    const announced = new Announced(true);
    for (let port = 1; port <= 5_000; port++)
      announced.follow({ endpoint: at("10.9.8.8", port), hostnames: [] });
    const one = (count: number) =>
      announced.add({ endpoint: at(`10.9.9.${count % 200}`, 1 + Math.floor(count / 200)), hostnames: [] });
    for (let count = 0; count < 4_096; count++) expect(one(count)).toBe(true);
    expect(one(4_096)).toBe(false);
  });
});
