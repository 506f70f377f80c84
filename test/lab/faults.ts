import type { Machine } from "./machine.ts";

/**
 * How a firewall can say no, and what a connect sees: `tcp-reset` and `port-unreachable` ECONNREFUSED,
 * `net-unreachable` ENETUNREACH, the others EHOSTUNREACH, but `admin-prohibited` over IPv6 EACCES. Over IPv6 all but `tcp-reset` show only after 1 s, with the
 * second SYN: here the answer to the first one comes back while connect() still holds the socket (LockDroppedIcmps).
 */
export type Refusal =
  | "tcp-reset"
  | "port-unreachable"
  | "host-unreachable"
  | "net-unreachable"
  | "admin-prohibited";

/** The same in ICMPv6's words, as ip6tables(8) has them. */
const REFUSALS_6: Record<Refusal, string> = {
  "tcp-reset": "tcp-reset",
  "port-unreachable": "icmp6-port-unreachable",
  "host-unreachable": "icmp6-addr-unreachable",
  "net-unreachable": "icmp6-no-route",
  "admin-prohibited": "icmp6-adm-prohibited",
};

/** From now on the machine throws away what comes for a TCP port. */
export async function drop(machine: Machine, port: number): Promise<void> {
  for (const program of ["iptables", "ip6tables"]) await machine.run([program, ...rule(port), "DROP"]);
}

/** From now on the machine refuses what comes for a TCP port. */
export async function reject(machine: Machine, port: number | string, how: Refusal): Promise<void> {
  const how4 = how === "tcp-reset" ? how : `icmp-${how}`;
  await machine.run(["iptables", ...rule(port), "REJECT", "--reject-with", how4]);
  await machine.run(["ip6tables", ...rule(port), "REJECT", "--reject-with", REFUSALS_6[how]]);
}

/** From now on the machine says no as a kernel left to itself does: after a few, about once a second to each peer. */
export async function rationRefusals(machine: Machine): Promise<void> {
  await machine.run(["sh", "-c", "echo 1000 >/proc/sys/net/ipv4/icmp_ratelimit"]);
}

/** Forgets every rule. */
export async function openUp(machine: Machine): Promise<void> {
  for (const program of ["iptables", "ip6tables"]) await machine.run([program, "-F"]);
}

function rule(port: number | string): string[] {
  return ["-A", "INPUT", "-p", "tcp", "--dport", String(port), "-j"];
}
