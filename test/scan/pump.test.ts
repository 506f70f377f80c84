import { describe, expect, test } from "vitest";

import type { InterfaceAddress } from "../../src/model/interface-address.ts";
import { formatIpv4, parseIpv4 } from "../../src/targets/ipv4.ts";
import { FIRST, hostAt, portsTo } from "./fake-net.ts";
import { type Ask, type World, opened, refused, seeded, simulate, simulateTime } from "./simulation.ts";

simulateTime();

function indexOf(address: string): number {
  return (parseIpv4(address) ?? 0) - FIRST;
}

/** All endpoints of a world that are open, as `address port`. */
function openOf(
  hosts: number,
  ports: readonly number[],
  isOpen: (host: number, port: number) => boolean,
): string[] {
  const all = Array.from({ length: hosts }, (_, host) =>
    ports.filter((port) => isOpen(host, port)).map((port) => `${hostAt(host)} ${port}`),
  );
  return all.flat().toSorted();
}

/** The first ask of each host. */
function firsts(asks: readonly Ask[]): Ask[] {
  const known = new Set<string>();
  return asks.filter(({ address }) => {
    const isNew = !known.has(address);
    known.add(address);
    return isNew;
  });
}

const silentSeven: World = ({ port }) => (port === 7 ? "silent" : refused());

const oddHostsSilent: World = ({ address }) => (indexOf(address) % 2 === 1 ? "silent" : refused());

const isThird = (_host: number, port: number): boolean => port % 3 === 0;

const oddHostsAndSevenSilent: World = ({ address, port }) =>
  indexOf(address) % 2 === 1 || port === 7 ? "silent" : refused();

/** A fourth of the hosts is silent, and a tenth of the others' answers gets lost once. */
const tenthLost: World = ({ address, port, attempt }) => {
  if (indexOf(address) % 4 === 1) return "silent";
  return port === 3 && attempt === 0 ? "silent" : refused();
};

const isSomeOpen = (host: number, port: number): boolean => host % 5 !== 2 && (host * 7 + port) % 6 === 0;

/** The kernel's table, in which hosts stand once they were asked: those that are there as answered for. */
function link(
  isThere: (host: number) => boolean,
  answer: World,
  deadMs = 3_050,
): { world: World; table: Map<string, boolean> } {
  const table = new Map<string, boolean>();
  const world: World = (ask) => {
    const there = isThere(indexOf(ask.address));
    table.set(ask.address, there);
    return there ? answer(ask) : { outcome: "unreachable", latencyMs: deadMs };
  };
  return { world, table };
}

const isSixteenth = (host: number): boolean => host % 16 === 3;

const isUp = (host: number): boolean => Math.floor(host / 256) % 4 === 1 && host % 256 < 60;

const fewNetworks: World = ({ address, port }) =>
  !isUp(indexOf(address)) ? "silent" : port === 80 ? opened() : refused();

const sevenLate: World = ({ port }) => (port === 7 ? opened(1_010) : refused());

const nobodyLoses: World = ({ address, port }) =>
  indexOf(address) >= 40 ? "silent" : port % 10 === 0 ? opened() : refused();

describe("a sweep learns how long answers take", () => {
  test("and waits no longer for what keeps silent, once 32 have come", async () => {
    const { net, coverage, elapsedMs } = await simulate({ hosts: 256, ports: portsTo(20) }, silentSeven);
    expect(coverage).toMatchObject({ closed: 256 * 19, filtered: 256, complete: true });
    expect(net.inFlight).toBe(0);
    // 100 ms, and as long for the second ask; with the user's 2 s it were 4 s.
    expect(elapsedMs).toBeGreaterThanOrEqual(200);
    expect(elapsedMs).toBeLessThan(500);
  });

  test("and guesses seven tenths of a second before that", async () => {
    const { elapsedMs, coverage } = await simulate({ hosts: 1, ports: portsTo(20) }, silentSeven);
    expect(coverage).toMatchObject({ closed: 19, filtered: 1 });
    expect(elapsedMs).toBeGreaterThanOrEqual(700 + 700);
  });

  test("and never waits longer than the user lets it", async () => {
    const shape = { hosts: 1, ports: portsTo(20), timeoutMs: 40 };
    expect((await simulate(shape, silentSeven)).elapsedMs).toBeLessThan(3 * 40 + 10);
    const many = { hosts: 64, ports: portsTo(20), timeoutMs: 40 };
    expect((await simulate(many, silentSeven)).elapsedMs).toBeLessThan(3 * 40 + 50);
  });

  test("and finds a slow host whole among quick ones", async () => {
    const world: World = ({ address, port }) => {
      const latencyMs = indexOf(address) === 40 ? 300 : 2;
      return isThird(0, port) ? opened(latencyMs) : refused(latencyMs);
    };
    const { open, coverage } = await simulate({ hosts: 64, ports: portsTo(60) }, world);
    expect(open).toEqual(openOf(64, portsTo(60), isThird));
    expect(coverage).toMatchObject({ filtered: 0, complete: true });
  });

  test("and finds a host whole that becomes slower and slower under load", async () => {
    let there = 0;
    const world: World = ({ address, port }) => {
      const latencyMs = indexOf(address) === 40 ? Math.min(1_900, 300 + 20 * there++) : 2;
      return isThird(0, port) ? opened(latencyMs) : refused(latencyMs);
    };
    const { open } = await simulate({ hosts: 64, ports: portsTo(60) }, world);
    expect(open).toEqual(openOf(64, portsTo(60), isThird));
  });
});

describe("a small sweep gives silence all the time that the user allows", () => {
  test.each([900, 1_500, 4_000])("and finds a host %i ms away", async (latencyMs) => {
    const shape = { hosts: 2, ports: portsTo(10), timeoutMs: 5_000 };
    const world: World = ({ address, port }) =>
      indexOf(address) === 0 ? "silent" : port === 5 ? opened(latencyMs) : refused(latencyMs);
    const { open, coverage } = await simulate(shape, world);
    expect(open).toEqual([`${hostAt(1)} 5`]);
    expect(coverage).toMatchObject({ open: 1, closed: 9, filtered: 10, complete: true });
  });

  test("and a port that answers to what the kernel repeats after a second", async () => {
    const shape = { hosts: 1, ports: portsTo(60), timeoutMs: 2_000 };
    const { open } = await simulate(shape, sevenLate);
    expect(open).toEqual([`${hostAt(0)} 7`]);
  });
});

describe("a host that loses much by itself", () => {
  let asked = 0;
  const everyOther: World = ({ address, port }) => {
    if (indexOf(address) >= 40) return "silent";
    if (indexOf(address) === 7 && asked++ % 2 === 0) return "silent";
    return port % 10 === 0 ? opened() : refused();
  };

  test("is found whole, and does not slow the others", async () => {
    const shape = { hosts: 400, ports: portsTo(60) };
    const calm = await simulate(shape, nobodyLoses);
    const odd = await simulate(shape, everyOther);
    const expected = openOf(40, portsTo(60), (_, port) => port % 10 === 0);
    expect(odd.open).toEqual(expected);
    expect(calm.open).toEqual(expected);
    expect(odd.elapsedMs).toBeLessThan(2 * calm.elapsedMs);
  });
});

describe("a sweep asks in an order:", () => {
  test("a host that answers nothing is asked its other ports when all others are through", async () => {
    const { net, coverage } = await simulate({ hosts: 32, ports: portsTo(200) }, oddHostsSilent, {
      sockets: 32,
    });
    expect(coverage).toMatchObject({ closed: 16 * 200, filtered: 16 * 200, complete: true });
    const begun = firsts(net.asks);
    const others = net.asks.filter((ask) => indexOf(ask.address) % 2 === 1 && !begun.includes(ask));
    const lastLiving = net.asks.findLastIndex(({ address }) => indexOf(address) % 2 === 0);
    expect(others).toHaveLength(16 * 199);
    expect(net.asks.findIndex((ask) => others.includes(ask))).toBeGreaterThan(lastLiving);
  });

  test("new hosts come before more of the silent ones", async () => {
    const { net } = await simulate({ hosts: 300, ports: portsTo(64) }, () => "silent", { sockets: 64 });
    const lastFirst = net.asks.findLastIndex((ask) => ask.port === 22);
    const earliest = net.asks.findIndex((ask) => ask.port !== 22);
    expect(firsts(net.asks)).toHaveLength(300);
    expect(earliest).toBeGreaterThan(lastFirst);
  });

  test("likely ports first", async () => {
    const shape = { hosts: 2, ports: [1, 22, 80, 443, 900] };
    const { net } = await simulate(shape, () => "silent", { sockets: 1 });
    const first = net.asks.slice(0, 10).map(({ port }) => port);
    expect(first).toEqual([443, 443, 80, 80, 22, 22, 1, 1, 900, 900]);
  });
});

describe("a silent port", () => {
  test("is asked twice where its host is alive, and once where it is not", async () => {
    const { net } = await simulate({ hosts: 500, ports: portsTo(10) }, oddHostsAndSevenSilent);
    for (let host = 0; host < 500; host++) {
      const isSilent = host % 2 === 1;
      expect(net.asksOf(hostAt(host), 7)).toBe(isSilent ? 1 : 2);
      expect(net.asksOf(hostAt(host), 9)).toBe(1);
    }
  });

  test("is asked twice where it is the only one, alive or not", async () => {
    const { net, coverage } = await simulate({ hosts: 40, ports: [80] }, oddHostsSilent);
    for (let host = 0; host < 40; host++) expect(net.asksOf(hostAt(host), 80)).toBe(1 + (host % 2));
    expect(coverage).toMatchObject({ closed: 20, filtered: 20, complete: true });
  });

  test("of a silent host is asked again where packets get lost", async () => {
    const { net, coverage } = await simulate({ hosts: 400, ports: portsTo(10) }, tenthLost);
    expect(coverage).toMatchObject({ closed: 3_000, filtered: 1_000 });
    const asked = Array.from({ length: 100 }, (_, at) => net.asksOf(hostAt(4 * at + 1), 5));
    // A tenth got lost.
    expect([...new Set(asked)]).toEqual([4]);
  });
});

describe("where packets get lost", () => {
  test.each([0.05, 0.1])(
    "by chance, %d of them, 99.9 % of the open ports are found, or more",
    async (share) => {
      let [found, wanted] = [0, 0];
      for (let seed = 1; seed <= 5; seed++) {
        const random = seeded(seed * 7_919);
        const world: World = ({ address, port }) => {
          if (indexOf(address) % 5 === 2 || random() < share) return "silent";
          return isSomeOpen(indexOf(address), port) ? opened(1 + 20 * random()) : refused(1 + 20 * random());
        };
        const { open } = await simulate({ hosts: 100, ports: portsTo(30) }, world);
        const expected = openOf(100, portsTo(30), isSomeOpen);
        expect(expected).toEqual(expect.arrayContaining([...open]));
        found += open.length;
        wanted += expected.length;
      }
      expect(wanted).toBe(2_000);
      expect(found).toBeGreaterThanOrEqual(0.999 * wanted);
    },
  );

  test("by a limiter, so many a second, it costs time and no port", async () => {
    // hashlimit, as a firewall has it: 400 a second, 100 at once.
    let [tokens, filledAt] = [100, 0];
    const world: World = ({ address, port, at }) => {
      tokens = Math.min(100, tokens + (at - filledAt) * 0.4);
      filledAt = at;
      if (tokens < 1) return "silent";
      tokens--;
      return (indexOf(address) + port) % 10 === 0 ? opened() : refused();
    };
    const { open, coverage, net } = await simulate({ hosts: 30, ports: portsTo(100) }, world);
    expect(open).toEqual(openOf(30, portsTo(100), (host, port) => (host + port) % 10 === 0));
    expect(coverage.open).toBe(300);
    expect(coverage.closed).toBeGreaterThanOrEqual(0.999 * 2_700);
    expect(net.inFlight).toBe(0);
  });

  test("because a router on the way holds so few, there are fewer until hardly any gets lost", async () => {
    const random = seeded(5);
    const isLost: boolean[] = [];
    let queued: number[] = [];
    const world: World = ({ at, port }) => {
      queued = queued.filter((until) => until > at);
      isLost.push(queued.length >= 100);
      if (queued.length >= 100) return "silent";
      const latencyMs = 20 + 20 * random();
      queued.push(at + latencyMs);
      return port % 10 === 0 ? opened(latencyMs) : refused(latencyMs);
    };
    const { open, net } = await simulate({ hosts: 64, ports: portsTo(200) }, world);
    expect(open).toEqual(openOf(64, portsTo(200), (_, port) => port % 10 === 0));
    const third = Math.floor(isLost.length / 3);
    expect(isLost.slice(-third).filter(Boolean).length).toBeLessThan(
      isLost.slice(0, third).filter(Boolean).length / 3,
    );
    const later = net.asks.slice(-third).map(({ inFlight }) => inFlight);
    expect(Math.max(...later)).toBeLessThan(512);
  });
});

describe("the window of a sweep", () => {
  test("begins small and grows with the answers", async () => {
    const { net } = await simulate({ hosts: 200, ports: portsTo(20) }, () => refused(50), {
      sockets: 400,
      start: 16,
    });
    const beforeAnswers = net.asks.filter(({ at }) => at < (net.asks[0]?.at ?? 0) + 50);
    expect(beforeAnswers).toHaveLength(16);
    expect(Math.max(...net.asks.map(({ inFlight }) => inFlight))).toBe(400);
  });

  test("does not grow with silence", async () => {
    const { net } = await simulate({ hosts: 400, ports: [80, 81] }, () => "silent", {
      sockets: 400,
      start: 16,
    });
    expect(Math.max(...net.asks.map(({ inFlight }) => inFlight))).toBe(16);
  });

  test("holds a rate in any second", async () => {
    const { net, elapsedMs } = await simulate({ hosts: 100, ports: portsTo(20) }, () => refused(), {
      rate: 400,
    });
    expect(net.mostWithin(1_000)).toBeLessThanOrEqual(420);
    expect(net.asks).toHaveLength(2_000);
    expect(elapsedMs).toBeGreaterThan(4_900);
    expect(elapsedMs).toBeLessThan(5_250);
  });
});

describe("on a link of this machine", () => {
  const LINK: InterfaceAddress = {
    name: "eth0",
    family: 4,
    address: formatIpv4(FIRST + 4_095),
    prefixLength: 20,
    internal: false,
  };

  test("hosts are begun so slowly that the kernel's table never runs over, and all are found", async () => {
    const { world, table } = link(isSixteenth, ({ port }) => (port === 5 ? opened() : refused()));
    const options = { interfaces: [LINK], neighbours: () => table };
    const { net, open, coverage, elapsedMs } = await simulate(
      { hosts: 4_095, ports: portsTo(10) },
      world,
      options,
    );
    expect(open).toEqual(openOf(4_095, [5], isSixteenth));
    // The first ask of each host is what the kernel has to look for.
    const looked = new Set(firsts(net.asks));
    expect(looked.size).toBe(4_095);
    expect(net.mostWithin(3_000, (ask) => looked.has(ask))).toBeLessThan(1_024);
    expect(elapsedMs).toBeLessThan((4_096 / 250) * 1_000 + 6_000);
    expect(coverage).toMatchObject({ open: 256, closed: 256 * 9, filtered: 0 });
  });

  test("nobody who is not there is asked for more than one port", async () => {
    const { world, table } = link(
      () => false,
      () => "silent",
    );
    const options = { interfaces: [LINK], neighbours: () => table };
    const { net, coverage, elapsedMs } = await simulate({ hosts: 256, ports: portsTo(50) }, world, options);
    expect(net.asks.length).toBeLessThanOrEqual(256);
    expect(coverage).toMatchObject({ unreachable: 256 * 50, filtered: 0, complete: true });
    expect(elapsedMs).toBeLessThan(3_000);
  });

  test("whoever the kernel has heard of is alive, though his firewall is silent", async () => {
    const { world, table } = link(
      (host) => host === 7,
      ({ port, attempt }) => (port === 50 && attempt > 0 ? opened() : "silent"),
    );
    const options = { interfaces: [LINK], neighbours: () => table };
    const { net, open, coverage } = await simulate({ hosts: 16, ports: portsTo(60) }, world, options);
    expect(open).toEqual([`${hostAt(7)} 50`]);
    expect(net.asksOf(hostAt(7), 30)).toBe(3);
    expect(coverage).toMatchObject({ open: 1, filtered: 59, unreachable: 15 * 60 });
  });

  test("nobody is taken for somebody where the kernel was looking for him before, and says no at once", async () => {
    const { world, table } = link(
      (host) => host === 7,
      ({ port }) => (port === 50 ? opened() : refused()),
      40,
    );
    const options = { interfaces: [LINK], neighbours: () => table };
    const { net, open, coverage } = await simulate({ hosts: 16, ports: portsTo(60) }, world, options);
    expect(open).toEqual([`${hostAt(7)} 50`]);
    expect(net.asks.filter(({ address }) => address !== hostAt(7))).toHaveLength(15);
    expect(coverage).toMatchObject({ open: 1, closed: 59, filtered: 0, unreachable: 15 * 60 });
  });

  test("whoever is there and says at once that a port cannot be reached is asked for the others", async () => {
    const { world, table } = link(
      (host) => host === 7,
      ({ port }) => (port === 50 ? opened() : { outcome: "unreachable", latencyMs: 1 }),
    );
    const options = { interfaces: [LINK], neighbours: () => table };
    const { open } = await simulate({ hosts: 16, ports: portsTo(60) }, world, options);
    expect(open).toEqual([`${hostAt(7)} 50`]);
  });

  test("whom the kernel knows nothing of is asked on", async () => {
    const { world } = link(
      (host) => host === 7,
      ({ port }) => (port === 50 ? opened() : "silent"),
    );
    const { open } = await simulate({ hosts: 16, ports: portsTo(60) }, world, { interfaces: [LINK] });
    expect(open).toEqual([`${hostAt(7)} 50`]);
  });
});

describe("a sparse sweep", () => {
  test("asks whole /24s only where something answered, and says what it left out", async () => {
    const { open, coverage, net } = await simulate({ hosts: 16 * 256, ports: [22, 80] }, fewNetworks, {
      isSparse: true,
    });
    expect(open).toEqual(openOf(16 * 256, [80], isUp));
    const left = 12 * 248 * 2;
    expect(coverage).toMatchObject({ open: 240, closed: 240, skipped: left, unprobed: 0, complete: false });
    expect(coverage.filtered).toBe(16 * 256 * 2 - 480 - left);
    expect(new Set(net.asks.map(({ address }) => address)).size).toBe(4 * 256 + 12 * 8);
  });
});
