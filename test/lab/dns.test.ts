import { createSocket } from "node:dgram";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { encodeMessage } from "../../src/dns/encode.ts";
import type { Lookup } from "../../src/dns/lookup.ts";
import type { Name, RecordType } from "../../src/dns/message.ts";
import { createResolver } from "../../src/dns/resolver.ts";
import { discover } from "../../src/index.ts";
import { systemClock } from "../../src/model/clock.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { NameServer, Scope } from "../../src/model/strategy.ts";
import { systemNet } from "../../src/net/index.ts";
import dns from "../../strategies/dns/index.ts";
import { startNameServer } from "../dns/name-server.ts";
import { a, name } from "../dns/scripted-servers.ts";
import { benchOf, scopeOf } from "../strategies/bench.ts";
import { createLab } from "./lab.ts";
import type { Lab } from "./lab.ts";
import { missingPrograms } from "./programs.js";
import type { Service } from "./service.ts";

const NEVER = new AbortController().signal;
const MANY = 80;
const hosts = Array.from({ length: MANY }, (_, at) => at);

/** The same services in the words of a zone file … */
const ZONES = {
  "corp.test": `
web A 10.99.0.11
web AAAA fd99::11
www CNAME web
_http._tcp SRV 10 5 8080 web
_http._tcp SRV 20 5 8090 web
_alias._tcp SRV 1 1 8081 www
_far._tcp SRV 1 1 8082 web.other.test.
_dead._tcp SRV 1 1 8083 nothere
_gone._tcp SRV 0 0 0 .
${hosts.map((at) => `h${at} A 10.1.0.${at}\n_many._tcp SRV 1 1 9000 h${at}`).join("\n")}
_services._dns-sd._udp PTR _http._tcp
_http._tcp PTR Dr\\.\\032Foo\\032v1\\.2\\032\\195\\169._http._tcp
Dr\\.\\032Foo\\032v1\\.2\\032\\195\\169._http._tcp SRV 0 0 8088 web
Dr\\.\\032Foo\\032v1\\.2\\032\\195\\169._http._tcp TXT "path=/" "flag" "raw=\\255"`,
  "other.test": "web A 10.99.0.12",
  "wild.test": "* SRV 0 0 1 web.corp.test.\n_http._tcp SRV 0 0 8084 web.corp.test.",
};

/** … and of dnsmasq. */
const LINES = [
  "local=/corp.test/",
  "local=/other.test/",
  "host-record=web.corp.test,10.99.0.11,fd99::11",
  "cname=www.corp.test,web.corp.test",
  "srv-host=_http._tcp.corp.test,web.corp.test,8080,10,5",
  "srv-host=_http._tcp.corp.test,web.corp.test,8090,20,5",
  "srv-host=_alias._tcp.corp.test,www.corp.test,8081,1,1",
  "srv-host=_far._tcp.corp.test,web.other.test,8082,1,1",
  "srv-host=_dead._tcp.corp.test,nothere.corp.test,8083,1,1",
  "srv-host=_gone._tcp.corp.test",
  "host-record=web.other.test,10.99.0.12",
  ...hosts.flatMap((at) => [
    `host-record=h${at}.corp.test,10.1.0.${at}`,
    `srv-host=_many._tcp.corp.test,h${at}.corp.test,9000,1,1`,
  ]),
];

interface Looked {
  readonly found: readonly Observation[];
  readonly warnings: readonly string[];
  readonly complete: boolean;
}

async function look(
  servers: readonly NameServer[],
  services: readonly string[],
  more: Partial<Scope> = {},
): Promise<Looked> {
  const bench = await benchOf();
  const scope = scopeOf({ domains: ["corp.test"], dnsServers: servers, services, timeoutMs: 5_000, ...more });
  const found = await bench.observed(dns, scope);
  return { found, warnings: bench.warnings, complete: bench.tally.coverage.complete };
}

function places(found: readonly Observation[]): string[] {
  return found.map(({ endpoint: { address, port } }) => `${address} ${port}`);
}

function lookup<T extends RecordType>(server: NameServer, owner: Name, type: T): Promise<Lookup<T>> {
  const resolver = createResolver({
    udp: systemNet.dnsUdp,
    tcp: systemNet.dnsTcp,
    servers: [server],
    timeoutMs: 5_000,
    lookupMs: 20_000,
    endsAt: Number.POSITIVE_INFINITY,
    attempts: 2,
    rotate: false,
    clock: systemClock,
    random: Math.random,
    signal: NEVER,
    debug: () => {},
  });
  return resolver.lookup(owner, type);
}

const NEEDED = ["knotd", "named", "dnsmasq"];

describe.skipIf(missingPrograms(NEEDED).length > 0)("DNS against real servers", () => {
  let lab: Lab;
  const servers = new Map<string, Service>();
  const at = (kind: string): NameServer => {
    const service = servers.get(kind);
    if (service === undefined) throw new Error(`no ${kind} runs`);
    return { address: service.address, port: service.port };
  };

  beforeAll(async () => {
    lab = await createLab({ hosts: 3 });
    servers.set("knot", await lab.host(1).knot(ZONES));
    servers.set("bind", await lab.host(2).bind(ZONES));
    servers.set("terse bind", await lab.host(2).bind(ZONES, { port: 5353, minimal: true }));
    servers.set("dnsmasq", await lab.host(3).dnsmasq(LINES));
  });
  afterAll(() => lab?.close());

  describe.each(["knot", "bind", "terse bind", "dnsmasq"])("%s", (kind) => {
    test("80 SRV records come whole, each with its address", async () => {
      const { found, warnings, complete } = await look([at(kind)], ["_many._tcp"]);
      expect(places(found).toSorted()).toEqual(hosts.map((host) => `10.1.0.${host} 9000`).toSorted());
      expect({ warnings, complete }).toEqual({ warnings: [], complete: true });
    });

    test("both addresses of a target, in the order of the priorities, whether glue came or not", async () => {
      const { found, warnings } = await look([at(kind)], ["_http._tcp.corp.test"]);
      const plain = found.filter(({ announcement }) => announcement?.instance === undefined);
      expect(places(plain)).toEqual(["10.99.0.11 8080", "fd99::11 8080", "10.99.0.11 8090", "fd99::11 8090"]);
      expect(plain[0]).toMatchObject({
        hostnames: ["web.corp.test"],
        announcement: { priority: 10, weight: 5, domain: "corp.test" },
        sameHost: ["10.99.0.11", "fd99::11"],
      });
      expect(warnings).toEqual([]);
    });

    test("a target in another zone, for which there is no glue", async () => {
      expect(places((await look([at(kind)], ["_far._tcp"])).found)).toEqual(["10.99.0.12 8082"]);
    });

    test("a target that is an alias", async () => {
      const { found } = await look([at(kind)], ["_alias._tcp"]);
      expect(places(found)).toEqual(["10.99.0.11 8081", "fd99::11 8081"]);
      expect(found[0]?.hostnames).toEqual(["www.corp.test"]);
    });

    test('a target "." is not offered', async () => {
      const { found, warnings, complete } = await look([at(kind)], ["_gone._tcp"]);
      expect(found).toEqual([]);
      expect(warnings).toEqual([
        "_gone._tcp.corp.test is decidedly not offered: its SRV record names no host",
      ]);
      expect(complete).toBe(true);
    });

    test("a target that is not there is told of", async () => {
      const { found, warnings } = await look([at(kind)], ["_dead._tcp"]);
      expect(found).toEqual([]);
      expect(warnings).toEqual([
        "_dead._tcp.corp.test names nothere.corp.test:8083, and there is no such name",
      ]);
    });

    test("what is not there is denied, for as long as a SOA record says", async () => {
      const nobody = await lookup(at(kind), name("nobody.corp.test"), "A");
      const bare = await lookup(at(kind), name("h1.corp.test"), "AAAA");
      // dnsmasq has no zones, and so nobody's word for how long a name is not there.
      const kept = kind === "dnsmasq" ? {} : { ttlSeconds: 5 };
      expect(nobody).toEqual({ kind: "absent", nameExists: false, ...kept });
      expect(bare).toEqual({ kind: "absent", nameExists: true, ...kept });
    });

    test("a domain of which it does not speak is an honest error", async () => {
      const { found, warnings, complete } = await look([at(kind)], [], { domains: ["elsewhere.test"] });
      expect(found).toEqual([]);
      const { address, port } = at(kind);
      expect(warnings).toEqual([
        `elsewhere.test could not be looked up: ${address}:${port} answered REFUSED`,
      ]);
      expect(complete).toBe(false);
    });

    test("asked behind a server that is mute, it answers all", async () => {
      const mute = await startNameServer({ zones: [], records: [], meddle: () => [], host: "10.99.0.1" });
      const { found, warnings } = await look([mute, at(kind)], ["_many._tcp"], { timeoutMs: 300 });
      await mute.close();
      expect(found).toHaveLength(MANY);
      expect(warnings).toEqual([]);
      expect(mute.asked.length).toBeLessThanOrEqual(4);
    });
  });

  test.each(["knot", "bind", "terse bind"])("%s: DNS-SD is followed to the instance", async (kind) => {
    const { found, warnings } = await look([at(kind)], []);
    const instances = found.filter(({ announcement }) => announcement?.instance !== undefined);
    expect(places(instances)).toEqual(["10.99.0.11 8088", "fd99::11 8088"]);
    expect(instances[0]?.announcement).toMatchObject({
      // Knot keeps its zones in lower case (RFC 4034, section 6.2).
      instance: kind === "knot" ? "dr. foo v1.2 é" : "Dr. Foo v1.2 é",
      serviceType: "_http._tcp",
      domain: "corp.test",
      txt: { path: "/", flag: true, raw: { base64: "/w==" } },
    });
    expect(warnings).toEqual([]);
  });

  test.each(["knot", "bind"])("%s: a wildcard is no service", async (kind) => {
    const { found } = await look([at(kind)], [], { domains: ["wild.test"] });
    expect([...new Set(found.map(({ announcement }) => announcement?.name))]).toEqual([
      "_http._tcp.wild.test",
    ]);
  });

  test("a domain that is not there is passed over with a word", async () => {
    const { warnings, complete } = await look([at("knot")], [], { domains: ["no.corp.test"] });
    expect({ warnings, complete }).toEqual({ warnings: ["there is no domain no.corp.test"], complete: true });
  });

  test("over IPv6 it is the same", async () => {
    const { found } = await look([{ address: "fd99::11", port: 53 }], ["_many._tcp"]);
    expect(found).toHaveLength(MANY);
  });

  test("a server that is halted is waited for a little, and the other one asked", async () => {
    servers.get("knot")?.pause();
    const { found, warnings } = await look([at("knot"), at("bind")], ["_many._tcp"], { timeoutMs: 300 });
    const alone = await look([at("knot")], ["_many._tcp"], { timeoutMs: 100 });
    servers.get("knot")?.resume();
    expect(found).toHaveLength(MANY);
    expect(warnings).toEqual([]);
    expect(alone).toEqual({
      found: [],
      warnings: ["no name server answers: 10.99.0.11:53 does not answer"],
      complete: false,
    });
  });

  test("a server without TCP behind a firewall: an honest error for what is long, an answer for what is short", async () => {
    await lab.host(1).drop(53);
    const long = await look([at("knot")], ["_many._tcp"], { timeoutMs: 300 });
    const short = await look([at("knot")], ["_far._tcp"]);
    const other = await look([at("knot"), at("bind")], ["_many._tcp"], { timeoutMs: 300 });
    await lab.host(1).heal();
    expect(long).toEqual({
      found: [],
      warnings: ["_many._tcp.corp.test could not be looked up: 10.99.0.11:53 does not answer over TCP"],
      complete: false,
    });
    expect(places(short.found)).toEqual(["10.99.0.12 8082"]);
    expect(other.found).toHaveLength(MANY);
  });

  test("a server that lies, and strangers who answer for it, are not believed", async () => {
    const stranger = createSocket("udp4");
    await new Promise<void>((resolve) => void stranger.bind(0, "10.99.0.1", resolve));
    let lies = 0;
    const liar = await startNameServer({
      zones: ["corp.test"],
      records: [a("web.corp.test", "10.99.0.11")],
      host: "10.99.0.1",
      meddle: ({ from, question }, honest) => {
        const evil = { ...honest, rcode: 0, answers: [{ ...a("x", "6.6.6.6"), name: question.name }] };
        const truth = encodeMessage(honest);
        if (from === undefined) return [truth];
        lies++;
        // From another address and port it is right in every other way.
        stranger.send(encodeMessage(evil), from.port, from.address);
        return [
          encodeMessage({ ...evil, id: honest.id ^ 1 }),
          encodeMessage({ ...evil, questions: [{ ...question, name: ["evil", "test"] }] }),
          encodeMessage({ ...evil, questions: [{ ...question, type: "TXT" }] }),
          truth,
        ];
      },
    });
    const found = await lookup(liar, name("web.corp.test"), "A");
    await liar.close();
    stranger.close();
    expect(lies).toBe(1);
    expect(found).toMatchObject({ kind: "found", records: [{ address: "10.99.0.11" }] });
  });

  test("a whole run reports what is announced", async () => {
    const { services, warnings, scan } = await discover({
      strategies: ["dns"],
      domains: ["corp.test"],
      services: ["_http._tcp"],
      dnsServers: ["10.99.0.11"],
      deadlineMs: 30_000,
    }).inventory();
    expect(scan.strategies).toEqual(["dns"]);
    expect(warnings).toEqual([]);
    const found = services.map(({ type, port, hostnames }) => ({ type, port, hostnames }));
    expect(found).toEqual(
      expect.arrayContaining([{ type: "http", port: 8080, hostnames: ["web.corp.test"] }]),
    );
  });
});
