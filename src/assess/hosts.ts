import { existsSync } from "node:fs";
import { availableParallelism, loadavg, totalmem } from "node:os";

import { LOCAL_HOST, type HostFacts } from "../model/plan.ts";
import type { Needs, Stack, StackHost } from "../model/stack.ts";
import { systemNet as net } from "../net/index.ts";
import { addressesOf, readInterfaces } from "../net/machine.ts";
import { hostAddresses } from "../run/host-lookup.ts";
import { parseAddress } from "../targets/address.ts";
import { ownAddresses } from "../targets/own.ts";

/** How long the look-up of a host's name may take, in milliseconds. */
const LOOKUP_MS = 8_000;

/** This machine, and the hosts of a stack, their names looked up at once. Never rejects: a host without an address is unknown. */
export async function hostsOf(stack: Stack, signal: AbortSignal): Promise<HostFacts[]> {
  const own = ownAddresses(readInterfaces());
  const others = stack.hosts.filter(({ name }) => name !== LOCAL_HOST);
  const told = stack.hosts.find(({ name }) => name === LOCAL_HOST);
  const found = await Promise.all(
    others.map(async (host) => ({
      host,
      addresses: await addressesOfHost(host.address ?? host.name, signal),
    })),
  );
  return [thisMachine(told), ...found.map(({ host, addresses }) => otherHost(host, addresses, own))];
}

/** What the stack file says of this machine counts more than what it says of itself. */
function thisMachine(told: StackHost | undefined): HostFacts {
  const cores = availableParallelism();
  const capacity: Needs = { cpu: cores, memoryBytes: totalmem(), ...told?.capacity };
  return {
    name: LOCAL_HOST,
    isLocal: true,
    addresses: ["127.0.0.1", "::1", ...readInterfaces().map(({ address }) => address)],
    labels: told?.labels ?? {},
    capacity,
    hasGpu: told?.hasGpu === true || (capacity.gpu ?? 0) > 0 || hasGpu(),
    load: Math.min(1, (loadavg()[0] ?? 0) / cores),
  };
}

/** The devices of the drivers that compute: NVIDIA's, and AMD's ROCm. */
function hasGpu(): boolean {
  return existsSync("/dev/nvidia0") || existsSync("/dev/kfd");
}

/** A host of the stack that turns out to be this very machine is no other one. */
function otherHost(
  { name, labels, capacity, hasGpu: gpu }: StackHost,
  addresses: readonly string[],
  isOwn: (address: string) => boolean,
): HostFacts {
  return { name, isLocal: addresses.some(isOwn), addresses, labels, capacity, hasGpu: gpu, load: 0 };
}

/** All addresses of a host; none where nobody knows it in time. Never rejects. */
export async function addressesOfHost(host: string, signal: AbortSignal): Promise<string[]> {
  if (parseAddress(host) !== undefined) return [host];
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LOOKUP_MS)]);
  const isOwn = ownAddresses(readInterfaces());
  const ended = new Promise<string[]>((resolve) => {
    limit.addEventListener("abort", () => resolve([]), { once: true });
  });
  const found = hostAddresses(host, net, addressesOf, { interfaces: [], signal: limit, isOwn });
  return Promise.race([found.catch(() => []), ended]);
}
