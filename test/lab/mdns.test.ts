import { createSocket } from "node:dgram";

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

import { encodeMessage } from "../../src/dns/encode.ts";
import { lookUpLocal } from "../../src/mdns/lookup.ts";
import type { Observation } from "../../src/model/observation.ts";
import { systemNet } from "../../src/net/index.ts";
import mdns from "../../strategies/mdns/index.ts";
import { run } from "./command.ts";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";
import { type MdnsBench, allOf, keyOf, mdnsBench, mdnsScope, watching } from "./mdns-bench.ts";
import { missingPrograms } from "./programs.js";
import type { Avahi, AvahiService } from "./services/avahi.ts";

const BYTES = Uint8Array.of(0, 0xff, 0x80, 0x3d, 0x0a);

const ON_H1: readonly AvahiService[] = [
  {
    name: "Dr. Foo v1.2 é",
    type: "_http._tcp",
    port: 8080,
    subtypes: ["_printer"],
    txt: ["path=/a=b", "Flag", { key: "bin", bytes: BYTES }],
  },
  { name: "orders", type: "_postgresql._tcp", port: 5432 },
];
const ON_H2: readonly AvahiService[] = [
  { name: "a\\b & c. d", type: "_odd._udp", port: 9_999 },
  { name: "cache", type: "_redis._tcp", port: 6_379, txt: ["v=1"] },
];

/** What there is to find: name, address and port, once each. */
const EVERYTHING = [
  "announced Dr. Foo v1.2 é._http._tcp.local 10.99.0.11 8080",
  "announced Dr. Foo v1.2 é._http._tcp.local fd99::11 8080",
  "announced a\\b & c. d._odd._udp.local 10.99.0.12 9999",
  "announced a\\b & c. d._odd._udp.local fd99::12 9999",
  "announced cache._redis._tcp.local 10.99.0.12 6379",
  "announced cache._redis._tcp.local fd99::12 6379",
  "announced orders._postgresql._tcp.local 10.99.0.11 5432",
  "announced orders._postgresql._tcp.local fd99::11 5432",
];

const missing = missingPrograms(["avahi-daemon", "avahi-resolve", "dbus-daemon"]).length > 0;

describe.skipIf(missing)("mDNS against avahi", () => {
  let lab: Lab;
  let bench: MdnsBench;
  let onH2: Avahi;

  beforeAll(async () => {
    lab = await createLab({ hosts: 3 });
    [, onH2] = await Promise.all([lab.host(1).avahi(ON_H1), lab.host(2).avahi(ON_H2)]);
  });
  afterAll(() => lab.close());
  beforeAll(async () => {
    bench = await mdnsBench();
  });
  afterEach(async () => {
    bench.stop.abort();
    await lab.local.heal();
    await vi.waitFor(() => expect(sockets()).toEqual([]));
    bench = await mdnsBench();
  });

  function look(wanted: Parameters<typeof mdnsScope>[0] = { interfaces: ["br0"] }): Promise<Observation[]> {
    return allOf(mdns.observe(mdnsScope(wanted), bench.context));
  }

  test("finds every instance in both families with all it says, and nothing twice", async () => {
    const found = await look({});
    expect(keysOf(found)).toEqual(EVERYTHING);
    expect(bench.warnings).toEqual([]);
    expect(bench.wasCut()).toBe(false);
    const foo = found.find(({ endpoint }) => endpoint.address === "fd99::11" && endpoint.port === 8_080);
    expect(foo).toMatchObject({
      strategy: "mdns",
      endpoint: { address: "fd99::11", port: 8_080, transport: "tcp" },
      hostnames: ["h1.local"],
      sameHost: ["10.99.0.11", "fd99::11"],
      claim: { type: "http", confidence: 0.6 },
      announcement: {
        name: "Dr. Foo v1.2 é._http._tcp.local",
        instance: "Dr. Foo v1.2 é",
        serviceType: "_http._tcp",
        domain: "local",
        target: "h1.local",
        priority: 0,
        weight: 0,
        txt: { path: "/a=b", Flag: true, bin: { base64: Buffer.from(BYTES).toString("base64") } },
        interface: "br0",
      },
    });
    expect(foo?.ttlSeconds).toBeGreaterThan(100);
    expect(foo?.ttlSeconds).toBeLessThanOrEqual(120);
    expect(foo?.announcement?.facts).toBeUndefined();
    const odd = found.find(({ announcement }) => announcement?.serviceType === "_odd._udp");
    expect(odd?.endpoint.transport).toBe("udp");
    expect(odd?.claim).toBeUndefined();
  });

  test("looks for a subtype, a type and an instance where it is told to, and for nothing else", async () => {
    const services = ["_printer._sub._http._tcp", "_redis._tcp", "a\\\\b & c\\. d._odd._udp.local"];
    const found = await look({ services, interfaces: ["br0"] });
    expect(keysOf(found)).toEqual(EVERYTHING.slice(0, 6));
    const subtypes = found.map(({ announcement }) => announcement?.subtypes?.join() ?? "");
    expect(new Set(subtypes)).toEqual(new Set(["_printer", ""]));
  });

  test("finds a host that has nothing but a link-local address, with its interface", async () => {
    const h3 = lab.host(3);
    await h3.run(["ip", "addr", "flush", "dev", "eth0", "scope", "global"]);
    const { service } = await h3.avahi([{ name: "alone", type: "_ssh._tcp", port: 22 }]);
    const found = await look({ services: ["_ssh._tcp"], interfaces: ["br0"] });
    expect(found).toHaveLength(1);
    expect(found[0]?.endpoint.address).toMatch(/^fe80::[\da-f:]+%br0$/);
    expect(found[0]?.announcement?.facts).toBeUndefined();
    await service.stop();
  });

  test("sees a goodbye, and what comes and changes after it", async () => {
    const watch = watching(mdns, mdnsScope({ interfaces: ["br0"] }), bench);
    await watch.until((keys) => EVERYTHING.every((one) => keys.includes(one)));
    onH2.withdraw("cache");
    await watch.until((keys) => keys.filter((one) => one.startsWith("withdrawn cache.")).length === 2);
    onH2.announce({ name: "cache", type: "_redis._tcp", port: 6_379, txt: ["v=1"] });
    await watch.until((keys) => keys.filter((one) => one.startsWith("announced cache.")).length === 4);
    onH2.announce({ name: "late.", type: "_redis._tcp", port: 6_380 });
    await watch.until((keys) => keys.includes("announced late.._redis._tcp.local fd99::12 6380"));
    onH2.withdraw("late.");
    await watch.until((keys) => keys.filter((one) => one.startsWith("withdrawn late.")).length === 2);
    bench.stop.abort();
    const keys = await watch.ended;
    const counts = new Map(keys.map((key) => [key, keys.filter((one) => one === key).length]));
    for (const [key, count] of counts)
      expect([key, count]).toEqual([key, key.startsWith("announced cache.") ? 2 : 1]);
    expect(bench.warnings).toEqual([]);
  });

  test("leaves this machine's own avahi its unicast replies", { timeout: 90_000 }, async () => {
    const own = await lab.local.avahi([{ name: "mine", type: "_nfs._tcp", port: 2_049 }], {
      hostName: "here",
      dbus: true,
    });
    const told = async (name: string, address: string): Promise<string> => {
      const record = {
        name: [name, "local"],
        type: "A",
        address,
        ttlSeconds: 120,
        cacheFlush: true,
      } as const;
      const packet = encodeMessage({ response: true, authoritative: true, answers: [record] });
      await lab.host(1).run([process.execPath, "-e", SAY, Buffer.from(packet).toString("hex")]);
      return own.ask(["avahi-resolve", "-4", "-n", `${name}.local`]).catch(() => "nothing");
    };
    const watch = watching(mdns, mdnsScope({ interfaces: ["br0"] }), bench);
    await watch.until((keys) => EVERYTHING.every((one) => keys.includes(one)));
    await watch.until((keys) => keys.includes("announced mine._nfs._tcp.local 10.99.0.1 2049"));
    expect(await told("first", "10.99.0.71")).toMatch(/^first\.local\t10\.99\.0\.71/);
    bench.stop.abort();
    await watch.ended;
    // That the test would see it: a socket bound to every address takes them away.
    const thief = createSocket({ type: "udp4", reuseAddr: true });
    await new Promise<void>((resolve) => {
      thief.bind(5_353, resolve);
    });
    expect(await told("second", "10.99.0.72")).not.toMatch(/10\.99\.0\.72/);
    thief.close();
    await own.service.stop();
  });

  test("asks from another port where 5353 is held, finds the same, and says so", async () => {
    const holders = [createSocket("udp4"), createSocket({ type: "udp6", ipv6Only: true })];
    await Promise.all(
      holders.map(
        (one) =>
          new Promise<void>((resolve) => {
            one.bind({ port: 5_353, exclusive: true }, resolve);
          }),
      ),
    );
    const found = await look();
    const checks = await mdns.test?.(mdnsScope({ interfaces: ["br0"] }), bench.context);
    for (const one of holders) one.close();
    expect(keysOf(found)).toEqual(EVERYTHING);
    expect(found.every(({ ttlSeconds = 0 }) => ttlSeconds <= 10)).toBe(true);
    expect(bench.warnings).toEqual([
      expect.stringMatching(/^UDP port 5353 is held by .*br0 \(IPv4\), br0 \(IPv6\)/),
    ]);
    expect(bench.wasCut()).toBe(false);
    expect(checks?.filter(({ works }) => !works)).toEqual([
      expect.objectContaining({ summary: expect.stringMatching(/5353 is held/), remedy: expect.any(String) }),
    ]);
  });

  test("says that nobody was asked where there is no such interface", async () => {
    expect(await look({ interfaces: ["none"] })).toEqual([]);
    expect(bench.warnings).toEqual([
      expect.stringMatching(/^no interface 'none' is up here: there are .*br0/),
    ]);
    expect(bench.wasCut()).toBe(true);
    const checks = await mdns.test?.(mdnsScope({ interfaces: ["none"] }), bench.context);
    expect(checks?.every(({ works, remedy }) => !works && remedy !== undefined)).toBe(true);
  });

  test("is not complete where one of two interfaces is not there", async () => {
    expect(keysOf(await look({ interfaces: ["br0", "none"] }))).toEqual(EVERYTHING);
    expect(bench.warnings).toEqual([expect.stringMatching(/^no interface 'none' is up here/)]);
    expect(bench.wasCut()).toBe(true);
  });

  test("says that a firewall keeps its questions in", async () => {
    await firewall(lab, ["-A", "OUTPUT", "-p", "udp", "--dport", "5353", "-j", "DROP"]);
    expect(await look()).toEqual([]);
    expect(bench.warnings.toSorted()).toEqual([
      "mDNS questions cannot be sent on br0 (IPv4): a firewall forbids it (EPERM)",
      "mDNS questions cannot be sent on br0 (IPv6): a firewall forbids it (EPERM)",
    ]);
    expect(bench.wasCut()).toBe(true);
  });

  test("tests this machine: all works, or what stands in its way", async () => {
    const scope = mdnsScope({ interfaces: ["br0"] });
    const good = await mdns.test?.(scope, bench.context);
    expect(good).toEqual([
      { works: true, summary: "UDP port 5353 is free" },
      { works: true, summary: "a question was sent and heard again on br0 (IPv4)" },
      { works: true, summary: "a question was sent and heard again on br0 (IPv6)" },
    ]);
    await firewall(lab, ["-A", "INPUT", "-p", "udp", "--dport", "5353", "-j", "DROP"]);
    const deaf = await mdns.test?.(scope, bench.context);
    expect(deaf?.map(({ works, summary }) => [works, summary])).toEqual([
      [true, "UDP port 5353 is free"],
      [false, "a question was sent on br0 (IPv4) and not heard again"],
      [false, "a question was sent on br0 (IPv6) and not heard again"],
    ]);
    await lab.local.heal();
    await firewall(lab, ["-A", "OUTPUT", "-p", "udp", "--dport", "5353", "-j", "DROP"]);
    const mute = await mdns.test?.(scope, bench.context);
    expect(mute?.slice(1).map(({ works, summary }) => [works, summary])).toEqual([
      [false, "a question cannot be sent on br0 (IPv4): a firewall forbids it (EPERM)"],
      [false, "a question cannot be sent on br0 (IPv6): a firewall forbids it (EPERM)"],
    ]);
  });

  test("keeps two links apart, and goes on with one that is made anew while it watches", async () => {
    const h3 = lab.host(3);
    const plug = async (): Promise<void> => {
      await run(["ip", "link", "add", "x0", "type", "veth", "peer", "name", "eth1", "netns", "h3"]);
      await run(["ip", "addr", "add", "10.98.0.1/24", "dev", "x0"]);
      await h3.run(["ip", "addr", "add", "10.98.0.13/24", "dev", "eth1"]);
      await h3.run(["ip", "link", "set", "eth1", "up"]);
      await run(["ip", "link", "set", "x0", "up"]);
    };
    await plug();
    const service = { name: "box", type: "_mqtt._tcp", port: 1_883 };
    const { service: daemon } = await h3.avahi([service], { hostName: "box", interfaces: ["eth1"] });
    // An IPv4 socket in the group hears the other link as well, as long as somebody has joined there.
    const [onX0, onBr0] = await Promise.all([look({ interfaces: ["x0"] }), look({ interfaces: ["br0"] })]);
    expect(
      onX0.every((one) => one.announcement?.instance === "box" && one.announcement.interface === "x0"),
    ).toBe(true);
    expect(keysOf(onX0)).toContain("announced box._mqtt._tcp.local 10.98.0.13 1883");
    expect(keysOf(onBr0)).toEqual(EVERYTHING);
    const watch = watching(mdns, mdnsScope({ interfaces: ["x0"], services: ["_mqtt._tcp"] }), bench);
    const key = "box._mqtt._tcp.local 10.98.0.13 1883";
    await watch.until((keys) => keys.includes(`announced ${key}`));
    await run(["ip", "link", "del", "x0"]);
    await plug();
    // Made anew so fast, it may never have been gone to us; either way a goodbye must still arrive.
    await daemon.stop();
    const again = await h3.avahi([service], { hostName: "box", interfaces: ["eth1"] });
    again.announce({ ...service, txt: ["v=2"] });
    await watch.until((keys) => keys.filter((one) => one === `announced ${key}`).length >= 2);
    again.withdraw("box");
    await watch.until((keys) => keys.includes(`withdrawn ${key}`));
    bench.stop.abort();
    await watch.ended;
    await run(["ip", "link", "del", "x0"]);
    await again.service.stop();
  });

  test("looks host names up", async () => {
    const { signal } = bench.stop;
    expect(await lookUpLocal("h1.local", systemNet, { signal })).toEqual(["10.99.0.11", "fd99::11"]);
    expect(await lookUpLocal("H2.local.", systemNet, { signal })).toEqual(["10.99.0.12", "fd99::12"]);
    expect(await lookUpLocal("nobody.local", systemNet, { signal })).toEqual([]);
  });
});

function keysOf(found: readonly Observation[]): string[] {
  return found.map(keyOf).toSorted();
}

/** Sends what stands in hex to the test's own machine alone, from the port that replies come from. */
const SAY = `
const socket = require("node:dgram").createSocket({ type: "udp4", reuseAddr: true });
socket.bind(5353, "10.99.0.11", () => {
  socket.send(Buffer.from(process.argv[1], "hex"), 5353, "10.99.0.1", () => socket.close());
});`;

async function firewall(lab: Lab, rule: readonly string[]): Promise<void> {
  for (const program of ["iptables", "ip6tables"]) await lab.local.run([program, ...rule]);
}

/** Datagram sockets of this process. */
function sockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith("UDP"));
}
