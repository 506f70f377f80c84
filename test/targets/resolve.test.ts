import { describe, expect, test } from "vitest";

import { DiscoverError } from "../../src/model/errors.ts";
import type { InterfaceAddress } from "../../src/model/interface-address.ts";
import { parseAddress } from "../../src/targets/address.ts";
import type { Lookups } from "../../src/targets/lookups.ts";
import type { ResolvedTargets } from "../../src/targets/resolve.ts";
import { resolveTargets } from "../../src/targets/resolve.ts";
import { holds as holdsAddress } from "../../src/targets/set.ts";
import { splitTokens } from "../../src/targets/token.ts";
import { walk } from "../../src/targets/walk.ts";

const LO: InterfaceAddress[] = [
  { name: "lo", family: 4, address: "127.0.0.1", prefixLength: 8, internal: true },
  { name: "lo", family: 6, address: "::1", prefixLength: 128, internal: true },
];
const ETH0: InterfaceAddress[] = [
  { name: "eth0", family: 4, address: "192.0.2.130", prefixLength: 30, internal: false },
  { name: "eth0", family: 6, address: "2001:db8::7", prefixLength: 64, internal: false },
  { name: "eth0", family: 6, address: "fe80::7", prefixLength: 64, internal: false, zone: "eth0" },
];

const NAMES: Record<string, string[]> = {
  "db.test": ["10.0.0.5", "2001:db8::5"],
  "alias.test": ["::ffff:10.0.0.5"],
  "db.test.": ["10.0.0.6"],
  "blocked.test": ["0.0.0.0", "::"],
  "empty.test": [],
};

function failing(code: string): Error {
  return Object.assign(new Error(`getaddrinfo ${code}`), { code });
}

function lookupsOf(interfaces: InterfaceAddress[] = LO): Lookups {
  return {
    addressesOf: async (name) => {
      if (name === "slow.test") throw failing("EAI_AGAIN");
      if (name === "odd.test") throw new Error("odd\nthing");
      const addresses = NAMES[name];
      if (addresses === undefined) throw failing("ENOTFOUND");
      return addresses;
    },
    interfaces: () => interfaces,
    nameTimeoutMs: 60_000,
  };
}

const NEVER = new AbortController().signal;

async function resolved(include: string, exclude = "", lookups = lookupsOf()): Promise<ResolvedTargets> {
  const request = { include: splitTokens(include, "argument 1"), exclude: splitTokens(exclude, "--exclude") };
  return resolveTargets(request, lookups, NEVER);
}

async function addresses(include: string, exclude = "", lookups = lookupsOf()): Promise<string[]> {
  return [...walk((await resolved(include, exclude, lookups)).targets.ranges)];
}

async function failure(include: string, exclude = "", lookups = lookupsOf()): Promise<string> {
  try {
    await resolved(include, exclude, lookups);
  } catch (error) {
    if (error instanceof DiscoverError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

describe("resolving", () => {
  test("overlaps are looked at once, exclusions not at all, and what was asked for is kept", async () => {
    const { targets, warnings } = await resolved("10.0.0.0/30 10.0.0.2-9 10.0.0.1", "10.0.0.4/31,10.0.0.9");
    expect([...walk(targets.ranges)]).toEqual([0, 1, 2, 3, 6, 7, 8].map((octet) => `10.0.0.${octet}`));
    expect(targets.count).toBe(7);
    expect(targets.labels).toEqual(["10.0.0.0/30", "10.0.0.2-9", "10.0.0.1"]);
    expect(targets.hostnames.size).toBe(0);
    expect(warnings).toEqual([]);
  });

  test("a host name means all its addresses, and each remembers all its names", async () => {
    const { targets } = await resolved("db.test alias.test DB.test");
    expect([...walk(targets.ranges)]).toEqual(["10.0.0.5", "2001:db8::5"]);
    expect([...targets.hostnames]).toEqual([
      ["10.0.0.5", ["db.test", "alias.test"]],
      ["2001:db8::5", ["db.test"]],
    ]);
  });

  test("a name with one address of each family is one host; with more, it may be several", async () => {
    const lookups: Lookups = {
      ...lookupsOf(),
      addressesOf: async (name) =>
        name === "one.test" ? ["10.0.0.5", "2001:db8::5"] : ["10.0.0.7", "10.0.0.8", "2001:db8::7"],
    };
    const { targets } = await resolved("one.test many.test", "", lookups);
    expect([...targets.sameHost]).toEqual([
      ["10.0.0.5", ["10.0.0.5", "2001:db8::5"]],
      ["2001:db8::5", ["10.0.0.5", "2001:db8::5"]],
    ]);
  });

  test("what is excluded can be looked into, in whatever order it was named", async () => {
    const holes = "10.0.0.100,10.0.0.200,10.0.0.12,10.0.0.8/30,10.0.0.9";
    const { excluded } = await resolved("10.0.0.0/24", holes);
    const isExcluded = (text: string): boolean => {
      const address = parseAddress(text);
      return address !== undefined && holdsAddress(excluded, address);
    };
    expect(["10.0.0.100", "10.0.0.200", "10.0.0.12", "10.0.0.8", "10.0.0.11"].map(isExcluded)).not.toContain(
      false,
    );
    expect(["10.0.0.7", "10.0.0.13", "10.0.0.101", "10.0.0.199"].map(isExcluded)).not.toContain(true);
  });

  test("a name that ends in a dot is looked up with it and remembered without", async () => {
    const { targets } = await resolved("db.test.");
    expect([...targets.hostnames]).toEqual([["10.0.0.6", ["db.test"]]]);
  });

  test("an excluded address is not remembered by its name", async () => {
    const { targets } = await resolved("db.test", "10.0.0.0/8");
    expect([...targets.hostnames]).toEqual([["2001:db8::5", ["db.test"]]]);
  });

  test("a name that cannot be looked up is a warning that says why", async () => {
    const { targets, warnings } = await resolved(
      "gone.test 10.0.0.1 slow.test blocked.test empty.test odd.test locl",
    );
    expect([...walk(targets.ranges)]).toEqual(["10.0.0.1"]);
    expect(warnings).toEqual([
      "gone.test (argument 1): name not found",
      "slow.test (argument 1): no answer from the name server",
      "blocked.test (argument 1): its address is 0.0.0.0, no host",
      "empty.test (argument 1): name not found",
      String.raw`odd.test (argument 1): look-up failed: Error: odd\u{a}thing`,
      "locl (argument 1): name not found — did you mean 'local'?",
    ]);
  });

  test("a name that takes too long is a warning, and the others are looked at", async () => {
    const slow: Lookups = {
      ...lookupsOf(),
      nameTimeoutMs: 5,
      addressesOf: (name) =>
        name === "mute.test" ? new Promise(() => {}) : lookupsOf().addressesOf(name, NEVER),
    };
    const { targets, warnings } = await resolved("mute.test db.test", "", slow);
    expect([...walk(targets.ranges)]).toEqual(["10.0.0.5", "2001:db8::5"]);
    expect(warnings).toEqual(["mute.test (argument 1): no answer within 0.005 s"]);
  });

  test("a name that fails after its time is up harms nobody", async () => {
    const late = new EventTarget();
    const slow: Lookups = {
      ...lookupsOf(),
      nameTimeoutMs: 5,
      addressesOf: () =>
        new Promise((_, reject) => late.addEventListener("fail", () => reject(failing("EAI_AGAIN")))),
    };
    expect(await failure("mute.test", "", slow)).toContain("no answer within 0.005 s");
    late.dispatchEvent(new Event("fail"));
    await new Promise(setImmediate);
  });

  test("a token that cannot be understood is an error before anything is looked up", async () => {
    const asked: string[] = [];
    const lookups: Lookups = {
      ...lookupsOf(),
      addressesOf: async (name) => {
        asked.push(name);
        return ["10.0.0.1"];
      },
    };
    expect(await failure("db.test 10.0.0.0/33", "", lookups)).toBe(
      "bad-target: 10.0.0.0/33 (argument 1): an IPv4 prefix is 0 to 32",
    );
    expect(await failure("db.test", "10.0.0.300", lookups)).toBe(
      "bad-target: 10.0.0.300 (--exclude): octet 4 is 300, at most 255",
    );
    expect(asked).toEqual([]);
  });

  test("names are looked up once each, some at a time", async () => {
    const asked: string[] = [];
    let [now, most] = [0, 0];
    const lookups: Lookups = {
      ...lookupsOf(),
      addressesOf: async (name) => {
        asked.push(name);
        most = Math.max(most, ++now);
        await new Promise(setImmediate);
        now--;
        return [`10.0.0.${name.slice(1)}`];
      },
    };
    const names = Array.from({ length: 100 }, (_, at) => `h${at + 1}`);
    const { targets } = await resolved([...names, ...names].join(" "), "h7", lookups);
    expect(targets.count).toBe(99);
    expect(asked.toSorted()).toEqual(names.toSorted());
    expect(most).toBe(16);
  });

  test("a link-local address without its zone is a warning", async () => {
    const { warnings } = await resolved("fe80::1 fe80::1%eth0 febf::/120 fec0::1");
    expect(warnings).toEqual([
      "fe80::1 (argument 1): link-local, so it needs a zone, as in fe80::1%eth0",
      "febf::/120 (argument 1): link-local, so it needs a zone, as in fe80::1%eth0",
    ]);
  });
});

describe("this machine", () => {
  test("localhost is both loopback addresses, with their name", async () => {
    const { targets } = await resolved("localhost");
    expect([...targets.hostnames]).toEqual([
      ["127.0.0.1", ["localhost"]],
      ["::1", ["localhost"]],
    ]);
    expect(targets.count).toBe(2);
  });

  test("localhost is 127.0.0.1 alone where there is no IPv6", async () => {
    expect(await addresses("localhost", "", lookupsOf(LO.slice(0, 1)))).toEqual(["127.0.0.1"]);
  });

  test("local is its IPv4 networks, and its own addresses in IPv6 networks too wide to walk", async () => {
    const { targets, warnings } = await resolved("local", "", lookupsOf([...LO, ...ETH0]));
    expect([...walk(targets.ranges)]).toEqual([
      "192.0.2.128",
      "192.0.2.129",
      "192.0.2.130",
      "192.0.2.131",
      "2001:db8::7",
      "fe80::7%eth0",
    ]);
    expect(warnings).toEqual([
      "local (argument 1): the IPv6 networks of eth0 are too wide to walk or need a zone, so only this machine's own addresses there are looked at",
    ]);
  });

  test("local walks an IPv6 network that is narrow enough", async () => {
    const narrow: InterfaceAddress = {
      name: "tun0",
      family: 6,
      address: "2001:db8::2",
      prefixLength: 127,
      internal: false,
    };
    const { targets, warnings } = await resolved("local", "", lookupsOf([narrow]));
    expect([...walk(targets.ranges)]).toEqual(["2001:db8::2", "2001:db8::3"]);
    expect(warnings).toEqual([]);
  });

  test("local takes one address for what it is, and of a zoned network only its own", async () => {
    const both: InterfaceAddress[] = [
      { name: "wg0", family: 6, address: "2001:db8::9", prefixLength: 128, internal: false },
      { name: "wg2", family: 6, address: "fe80::8", prefixLength: 128, internal: false, zone: "wg2" },
      { name: "wg1", family: 6, address: "fe80::9", prefixLength: 120, internal: false, zone: "wg1" },
    ];
    const { targets, warnings } = await resolved("local", "", lookupsOf(both));
    expect([...walk(targets.ranges)]).toEqual(["2001:db8::9", "fe80::9%wg1", "fe80::8%wg2"]);
    expect(warnings).toEqual([
      "local (argument 1): the IPv6 networks of wg1 are too wide to walk or need a zone, so only this machine's own addresses there are looked at",
    ]);
  });

  test("local with loopback alone is a warning, and nothing to look at by itself", async () => {
    const warning = "local (argument 1): this machine has no network interface but loopback";
    expect((await resolved("local 10.0.0.1")).warnings).toEqual([warning]);
    expect(await failure("local")).toBe(`no-target: nothing to look at: ${warning}`);
  });
});

describe("exclusions", () => {
  test("may be anything that targets may be", async () => {
    const lookups = lookupsOf([...LO, ...ETH0]);
    expect(await addresses("10.0.0.5-10.0.0.7", "db.test", lookups)).toEqual(["10.0.0.6", "10.0.0.7"]);
    expect(await addresses("127.0.0.1-2 ::1", "localhost", lookups)).toEqual(["127.0.0.2"]);
    expect(await addresses("192.0.2.127-192.0.2.132", "local", lookups)).toEqual([
      "192.0.2.127",
      "192.0.2.132",
    ]);
  });

  test("local leaves out whole IPv6 networks, in every zone", async () => {
    const lookups = lookupsOf([...LO, ...ETH0]);
    expect(await addresses("2001:db8::ff fe80::9%eth1 2001:db8:1::1", "local", lookups)).toEqual([
      "2001:db8:1::1",
    ]);
  });

  test("a name that cannot be looked up is an error: what it names must not be touched", async () => {
    expect(await failure("10.0.0.0/24", "gone.test")).toBe(
      "bad-target: gone.test (--exclude): name not found, so it cannot be left out: give its address",
    );
  });

  test("that leave nothing are an error", async () => {
    expect(await failure("10.0.0.0/24", "10.0.0.0/8")).toBe(
      "no-target: nothing left to look at: the exclusions take out all 256 addresses",
    );
    expect(await failure("10.0.0.1 gone.test", "10.0.0.1")).toBe(
      "no-target: nothing left to look at: the exclusions take out the one address; gone.test (argument 1): name not found",
    );
  });
});

describe("nothing to look at", () => {
  test("is an error that names every name that failed", async () => {
    expect(await failure("gone.test slow.test")).toBe(
      "no-target: nothing to look at: gone.test (argument 1): name not found; slow.test (argument 1): no answer from the name server",
    );
  });

  test("is an error where nothing was asked for", async () => {
    expect(await failure("")).toBe("no-target: nothing to look at: no target was given");
  });
});

describe("an abort", () => {
  test("ends it at once with the signal's reason, though the look-up hears nothing", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const lookups: Lookups = {
      ...lookupsOf(),
      addressesOf: async () => {
        queueMicrotask(() => controller.abort(reason));
        return new Promise<string[]>(() => {});
      },
    };
    const request = { include: splitTokens("a.test b.test", "argument 1"), exclude: [] };
    await expect(resolveTargets(request, lookups, controller.signal)).rejects.toBe(reason);
  });

  test("in the midst of a look-up ends it too, and no more names are drawn", async () => {
    const controller = new AbortController();
    let asked = 0;
    const lookups: Lookups = {
      ...lookupsOf(),
      addressesOf: async () => {
        asked++;
        controller.abort("enough");
        return ["10.0.0.1"];
      },
    };
    const names = Array.from({ length: 100 }, (_, at) => `h${at}`).join(" ");
    const request = { include: splitTokens(names, "argument 1"), exclude: [] };
    await expect(resolveTargets(request, lookups, controller.signal)).rejects.toBe("enough");
    await new Promise(setImmediate);
    expect(asked).toBeLessThanOrEqual(16);
  });

  test("that came before means that nothing is looked up", async () => {
    let asked = 0;
    const lookups: Lookups = {
      ...lookupsOf(),
      addressesOf: async () => {
        asked++;
        return ["10.0.0.1"];
      },
    };
    const request = { include: splitTokens("a.test", "argument 1"), exclude: [] };
    await expect(resolveTargets(request, lookups, AbortSignal.abort("stop"))).rejects.toBe("stop");
    expect(asked).toBe(0);
  });
});
