import { networkInterfaces } from "node:os";

import { describe, expect, test } from "vitest";

import { addressesOfHost, hostsOf } from "../../src/assess/hosts.ts";
import type { StackHost } from "../../src/model/stack.ts";
import { stackOf } from "../boot/world.ts";
import { NEVER } from "../net/peers.ts";

const base: Omit<StackHost, "name"> = { labels: {}, capacity: {}, hasGpu: false, line: 1 };

function hosts(...all: readonly (Partial<StackHost> & { name: string })[]) {
  const stack = { ...stackOf("/", []), hosts: all.map((host) => ({ ...base, ...host })) };
  return hostsOf(stack, NEVER);
}

describe("the hosts of a stack", () => {
  test("begin with this machine, as it is", async () => {
    const [here, ...others] = await hosts();
    expect(others).toEqual([]);
    expect(here).toMatchObject({ name: "localhost", isLocal: true, labels: {} });
    expect(here?.addresses).toEqual(expect.arrayContaining(["127.0.0.1", "::1"]));
    expect(here?.capacity.cpu).toBeGreaterThan(0);
    expect(here?.capacity.memoryBytes).toBeGreaterThan(0);
    expect(here?.load).toBeGreaterThanOrEqual(0);
    expect(here?.load).toBeLessThanOrEqual(1);
  });

  test("believe the file about this machine", async () => {
    const told = { name: "localhost", labels: { zone: "a" }, capacity: { cpu: 1, gpu: 2 } };
    const [here, ...others] = await hosts(told);
    expect(others).toEqual([]);
    expect(here).toMatchObject({ labels: { zone: "a" }, hasGpu: true });
    expect(here?.capacity).toMatchObject({ cpu: 1, gpu: 2 });
    expect(here?.capacity.memoryBytes).toBeGreaterThan(0);
  });

  test("have their address, and what is only said of them", async () => {
    const capacity = { cpu: 16 };
    const [, gpu] = await hosts({ name: "gpu", address: "192.0.2.7", hasGpu: true, capacity });
    expect(gpu).toEqual({
      name: "gpu",
      isLocal: false,
      addresses: ["192.0.2.7"],
      labels: {},
      capacity,
      hasGpu: true,
      load: 0,
    });
  });

  test("are this machine where their address is one of its own", async () => {
    const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
    for (const address of ["127.0.0.1", "::1", ...own.slice(0, 3)]) {
      const [, other] = await hosts({ name: "alias", address });
      expect(other, address).toMatchObject({ name: "alias", isLocal: true });
    }
  });

  test("have no address where nobody knows their name", async () => {
    const [, lost] = await hosts({ name: "no-such-host.invalid" });
    expect(lost).toMatchObject({ addresses: [], isLocal: false });
  });
});

describe("the addresses of a host", () => {
  test("are the address that it is", async () => {
    expect(await addressesOfHost("192.0.2.7", NEVER)).toEqual(["192.0.2.7"]);
    expect(await addressesOfHost("::1", NEVER)).toEqual(["::1"]);
  });

  test("are looked up, this machine's by its name", async () => {
    expect(await addressesOfHost("localhost", NEVER)).toEqual(expect.arrayContaining(["127.0.0.1"]));
  });

  test("are none once nobody waits", async () => {
    expect(await addressesOfHost("no-such-host.invalid", AbortSignal.abort())).toEqual([]);
  });
});
