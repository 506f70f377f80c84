import { describe, expect, test } from "vitest";

import { Querier } from "../../src/mdns/querier.ts";
import { FakeNetwork } from "./fake-network.ts";
import { FakeTime } from "./fake-time.ts";
import { a, name, response } from "./records.ts";

const HOST = name("h1.local");

interface Asking {
  readonly time: FakeTime;
  readonly network: FakeNetwork;
  readonly querier: Querier;
  readonly addresses: () => string[];
}

/** Watches the address of one host. */
function asking(): Asking {
  const time = new FakeTime();
  const querier = new Querier({
    timers: time,
    random: () => 0,
    watch: true,
    isOwn: () => false,
    wanted: () => ({ questions: [], kept: [{ name: HOST, type: "A" }] }),
    onStep: () => {},
    onSent: () => {},
  });
  const network = new FakeNetwork(time, (packet) => querier.hear(packet));
  const addresses = (): string[] => querier.cache.get(HOST, "A").map(({ record }) => record.address);
  return { time, network, querier, addresses };
}

describe("what did not hold when it was tried", () => {
  test("is asked for again, and gone after 10 s without an answer", async () => {
    const { time, network, querier, addresses } = asking();
    const link = network.link();
    querier.useLinks([link]);
    network.say(link, response([a(HOST, "10.0.0.9")]));
    await time.pass(1_000);
    expect(network.sent).toEqual([]);
    querier.reconfirm(HOST, "A");
    await time.pass(9_000);
    expect(network.asked("h1.local A")).toEqual([2_020, 3_020, 5_020]);
    expect(addresses()).toEqual(["10.0.0.9"]);
    await time.pass(1_100);
    expect(addresses()).toEqual([]);
    querier.close();
    expect(time.waiting).toBe(0);
  });

  test("stays where it is confirmed", async () => {
    const { time, network, querier, addresses } = asking();
    const link = network.link();
    querier.useLinks([link]);
    network.respond(link, () => [a(HOST, "10.0.0.9")]);
    network.say(link, response([a(HOST, "10.0.0.9")]));
    await time.pass(1_000);
    querier.reconfirm(HOST, "A");
    await time.pass(60_000);
    expect(addresses()).toEqual(["10.0.0.9"]);
    querier.close();
  });
});

test("a querier that is closed hears nothing and sends nothing", async () => {
  const { time, network, querier, addresses } = asking();
  const link = network.link();
  querier.useLinks([link]);
  querier.reconfirm(HOST, "A");
  querier.close();
  network.say(link, response([a(HOST, "10.0.0.9")]));
  querier.useLinks([link, network.link({ family: 6 })]);
  await time.pass(60_000);
  expect(network.sent).toEqual([]);
  expect(addresses()).toEqual([]);
});

test("a packet from a link that is not in use says nothing", async () => {
  const { time, network, querier, addresses } = asking();
  querier.useLinks([network.link()]);
  network.say(network.link(), response([a(HOST, "10.0.0.9")]));
  await time.pass(1_000);
  expect(addresses()).toEqual([]);
  querier.close();
});
