import { writeFileSync } from "node:fs";

import { run } from "./command.ts";

/** Where a host stands on the lab's network. */
export interface HostLink {
  /** `h1`, and the name of its network namespace. */
  readonly name: string;
  readonly address: string;
  readonly address6: string;
  /** The end of its cable at the bridge. */
  readonly port: string;
}

const BRIDGE = "br0";

export function hostLink(number: number): HostLink {
  const last = 10 + number;
  return { name: `h${number}`, address: `10.99.0.${last}`, address6: `fd99::${last}`, port: `p${number}` };
}

/**
 * Puts up the bridge in our own namespace, a namespace for each host, and the cables between. Multicast reaches
 * everybody: no snooping. IPv6 addresses are ours at once: no duplicate detection.
 */
export async function plugIn(links: readonly HostLink[]): Promise<void> {
  await batch([
    `link add name ${BRIDGE} type bridge mcast_snooping 0 stp_state 0 forward_delay 0`,
    `addr add 10.99.0.1/24 brd + dev ${BRIDGE}`,
    `addr add fd99::1/64 dev ${BRIDGE} nodad`,
    `link set ${BRIDGE} up`,
    `route add 224.0.0.0/4 dev ${BRIDGE}`,
    ...links.flatMap(({ name, port }) => [
      `netns add ${name}`,
      `link add ${port} type veth peer name eth0 netns ${name}`,
      `link set ${port} master ${BRIDGE} up`,
    ]),
  ]);
  // Nothing is ever sent on from one network to another.
  writeFileSync("/proc/sys/net/ipv4/ip_forward", "0");
  await Promise.all([...links.map(configure), run(["sh", "-c", EVERY_REFUSAL])]);
}

/** Takes all of it down again. Processes inside must be gone by then, or they keep their namespace alive. */
export async function tearDown(links: readonly HostLink[]): Promise<void> {
  // The cables first: those of a deleted namespace would go in the kernel's own time.
  await batch(links.map(({ port }) => `link del ${port}`));
  await batch([...links.map(({ name }) => `netns del ${name}`), `link del ${BRIDGE}`]);
}

/** Otherwise the kernel says no only so many times a second, and a test sees a timeout in between. */
const EVERY_REFUSAL = `
echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
echo 0 >/proc/sys/net/ipv6/icmp/ratelimit`;

async function configure({ name, address, address6 }: HostLink): Promise<void> {
  const lines = [
    "link set lo up",
    `addr add ${address}/24 brd + dev eth0`,
    `addr add ${address6}/64 dev eth0 nodad`,
    "link set eth0 up",
    "route add 224.0.0.0/4 dev eth0",
  ];
  await batch(lines, ["-n", name]);
  await run(["nsenter", `--net=/run/netns/${name}`, "sh", "-c", EVERY_REFUSAL]);
}

async function batch(lines: readonly string[], options: readonly string[] = []): Promise<void> {
  await run(["ip", ...options, "-batch", "-"], `${lines.join("\n")}\n`);
}
