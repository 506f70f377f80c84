import { describe, expect, test } from "vitest";

import type { DnsRecord } from "../../src/dns/message.ts";
import { lookUpLocal } from "../../src/mdns/lookup.ts";
import type { MulticastLink, MulticastLinks, MulticastOptions } from "../../src/model/multicast.ts";
import { FakeNetwork } from "./fake-network.ts";
import { FakeTime } from "./fake-time.ts";
import { a, aaaa, name } from "./records.ts";

const HOST = name("h1.local");

interface Looking {
  readonly time: FakeTime;
  readonly network: FakeNetwork;
  readonly link: MulticastLink;
  readonly stop: AbortController;
  closed: number;
  look(host: string, own?: readonly string[]): Promise<string[]>;
}

function looking(records: readonly DnsRecord[], links = 1): Looking {
  const time = new FakeTime();
  const stop = new AbortController();
  let options: MulticastOptions | undefined;
  const network = new FakeNetwork(time, (packet) => options?.onPacket(packet));
  const link = network.link();
  const other = network.link({ interface: "wlan0" });
  network.respond(link, () => records);
  network.respond(other, () => [...records, a(HOST, "10.1.0.1")]);
  const net = {
    multicast(given: MulticastOptions): Promise<MulticastLinks> {
      options = given;
      return Promise.resolve({
        links: [link, other].slice(0, links),
        faults: [],
        shared: false,
        close: () => {
          bench.closed++;
          return Promise.resolve();
        },
      });
    },
  };
  const bench: Looking = {
    time,
    network,
    link,
    stop,
    closed: 0,
    look: (host, own = []) =>
      lookUpLocal(host, net, {
        signal: stop.signal,
        timers: time,
        random: () => 0.5,
        isOwn: (address) => own.includes(address),
      }),
  };
  return bench;
}

describe("a host name on the link", () => {
  test("is asked for in both families at once, and known soon after the first answer", async () => {
    const records = [aaaa(HOST, "fe80::1"), aaaa(HOST, "fd00::1"), a(HOST, "10.0.0.2"), a(HOST, "10.0.0.10")];
    const bench = looking(records);
    const found = bench.look("H1.local.");
    await bench.time.pass(500);
    expect(await found).toEqual(["10.0.0.10", "10.0.0.2", "fd00::1", "fe80::1%eth0"]);
    expect(bench.network.sent).toHaveLength(1);
    expect(bench.time.waiting).toBe(0);
    expect(bench.closed).toBe(1);
  });

  test("is given up after 3 s and two questions", async () => {
    const bench = looking([a(name("h2.local"), "10.0.0.2")]);
    let over = false;
    const found = bench.look("h1.local").finally(() => (over = true));
    await bench.time.pass(2_900);
    expect(over).toBe(false);
    await bench.time.pass(100);
    expect(await found).toEqual([]);
    expect(bench.network.asked("h1.local A")).toHaveLength(2);
    expect(bench.time.waiting).toBe(0);
  });

  test("is given up at once when the run ends", async () => {
    const bench = looking([]);
    const found = bench.look("h1.local");
    await bench.time.pass(100);
    bench.stop.abort();
    expect(await found).toEqual([]);
    expect(bench.time.waiting).toBe(0);
    expect(bench.closed).toBe(1);
    expect(await bench.look("h1.local")).toEqual([]);
  });

  test("is on the link or nowhere, and at 16 addresses at most", async () => {
    const far = Array.from({ length: 100 }, (_, at) => a(HOST, `192.0.2.${at}`));
    const near = Array.from({ length: 20 }, (_, at) => a(HOST, `10.0.0.${100 + at}`));
    const bench = looking([...far, ...near]);
    const found = bench.look("h1.local");
    await bench.time.pass(3_000);
    expect(await found).toEqual(near.slice(0, 16).map(({ address }) => address));
    const twice = looking([...far, ...near.slice(0, 15), aaaa(HOST, "fe80::1")], 2);
    const both = twice.look("h1.local");
    await twice.time.pass(3_000);
    expect(await both).toHaveLength(16);
    const nowhere = looking(far);
    const none = nowhere.look("h1.local");
    await nowhere.time.pass(3_000);
    expect(await none).toEqual([]);
  });

  test("is not this machine because somebody says so", async () => {
    const bench = looking([a(HOST, "10.0.0.1"), a(HOST, "127.0.0.1"), a(HOST, "10.0.0.2")]);
    const found = bench.look("h1.local", ["10.0.0.1"]);
    await bench.time.pass(3_000);
    expect(await found).toEqual(["10.0.0.2"]);
  });

  test("needs a link", async () => {
    const bench = looking([], 0);
    expect(await bench.look("h1.local")).toEqual([]);
    expect(bench.closed).toBe(1);
  });

  test.each(["local", "h1.test", "", "x".repeat(64) + ".local", "a..local"])("is not '%s'", async (text) => {
    const bench = looking([]);
    expect(await bench.look(text)).toEqual([]);
    expect(bench.network.sent).toEqual([]);
  });
});
