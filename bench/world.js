// @ts-check
// A network of the bench's own: nothing here may ever reach the machine's real interfaces.

import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";

const LAB_EXEC = fileURLToPath(new URL("../test/lab/lab-exec.sh", import.meta.url));

/**
 * Goes on only inside lab-exec.sh, where there is nothing but lo: outside, runs this very bench in there and ends
 * as it did.
 */
export function enterLab() {
  if (process.env["LAB_MODE"] === undefined) {
    const { status } = spawnSync(LAB_EXEC, [process.execPath, ...process.argv.slice(1)], {
      stdio: "inherit",
    });
    if (status === 77) console.log("  skipped: this machine or user cannot have namespaces of its own");
    process.exit(status === 77 ? 0 : (status ?? 1));
  }
  const others = Object.keys(networkInterfaces()).filter((name) => name !== "lo");
  if (others.length > 0) throw new Error(`a bench wants nothing but lo, and sees ${others.join(", ")}`);
}

/**
 * Listeners that take every connection and say nothing.
 *
 * @param {readonly number[]} ports
 * @param {string} [host]
 * @returns {Promise<net.Server[]>}
 */
export function listenAt(ports, host = "127.0.0.1") {
  return Promise.all(
    ports.map(
      (port) =>
        new Promise((resolve, reject) => {
          const server = net.createServer((socket) => socket.on("error", () => {}).resume());
          server.once("error", reject);
          server.listen({ port, host, backlog: 4_096 }, () => resolve(server));
        }),
    ),
  );
}

/**
 * TCP ports on which something listens at 127.0.0.1, by the kernel's own account.
 *
 * @returns {number[]}
 */
export function listeningPorts() {
  const LISTEN = "0A";
  const rows = readFileSync("/proc/net/tcp", "utf8").trim().split("\n").slice(1);
  const ports = rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , state]) => state === LISTEN)
    .map(([, local = ""]) => Number.parseInt(local.split(":")[1] ?? "", 16));
  return [...new Set(ports)].toSorted((a, b) => a - b);
}

/** The address of this side of the cable, and of the far one. */
export const NEAR = "192.0.2.1";
const FAR = "192.0.2.2";

/**
 * A second network namespace, `far`, at the end of a cable. Packets to `routed` go there. It owns every address of
 * `owned`: those answer, closed ports with RST. It passes nothing on: the rest is silence.
 *
 * @param {{ routed?: string, owned?: string }} ranges
 */
export function layCable({ routed, owned }) {
  const near = [
    "netns add far",
    "link add near type veth peer name far netns far",
    `addr add ${NEAR}/30 dev near`,
  ];
  ip([], [...near, "link set near up"]);
  const own = owned === undefined ? [] : [`route add local ${owned} dev lo`];
  ip(["-n", "far"], ["link set lo up", `addr add ${FAR}/30 dev far`, "link set far up", ...own]);
  execFileSync(...inFar("sh", "-c", QUIET));
  writeFileSync("/proc/sys/net/ipv4/ip_forward", "0");
  if (routed !== undefined) ip([], [`route add ${routed} via ${FAR}`]);
}

const QUIET = `
echo 0 >/proc/sys/net/ipv4/ip_forward
echo 4096 >/proc/sys/net/core/somaxconn
echo 8192 >/proc/sys/net/ipv4/tcp_max_syn_backlog`;

/**
 * Many commands of ip(8) in one go.
 *
 * @param {readonly string[]} options
 * @param {readonly string[]} lines
 */
export function ip(options, lines) {
  execFileSync("ip", [...options, "-batch", "-"], { input: lines.join("\n") });
}

/**
 * Gives `far` single hosts: each address answers from now on, closed ports with RST.
 *
 * @param {readonly string[]} addresses
 */
export function settle(addresses) {
  ip(
    ["-n", "far"],
    addresses.map((address) => `route add local ${address}/32 dev lo`),
  );
}

/**
 * Adds rules to far's firewall, each as iptables wants it after its name: `-A INPUT -p icmp -j DROP`.
 *
 * @param {readonly string[]} rules
 */
export function guardFar(rules) {
  const input = ["*filter", ...rules, "COMMIT", ""].join("\n");
  const [program, args] = inFar("iptables-restore", "--noflush");
  execFileSync(program, args, { input });
}

/** Takes all rules away. */
export function unguardFar() {
  const [program, args] = inFar("iptables", "--flush");
  execFileSync(program, args);
}

/**
 * Waits until a program says that it is ready, whatever its words. Throws where it ends instead.
 *
 * @param {import("node:child_process").ChildProcessByStdio<import("node:stream").Writable, import("node:stream").Readable, null>} child
 * @param {string} what
 */
export async function spoken(child, what) {
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`${what} ended`)));
  await Promise.race([once(child.stdout, "data"), ended]);
}

/**
 * A command as it runs over there: program and arguments.
 *
 * @param {...string} command
 * @returns {[string, string[]]}
 */
export function inFar(...command) {
  return ["nsenter", ["--net=/run/netns/far", ...command]];
}
