import { closeSync, openSync, readFileSync, readSync, readdirSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

import type { Listener } from "../model/listener.ts";
import type { ProcessFacts } from "../model/observation.ts";

/** Which listeners are wanted, and how long their processes may be looked for: there may be thousands of them. */
export interface WantedListeners {
  readonly port?: number;
  readonly withinMs?: number;
}

/**
 * The TCP sockets that listen on this machine, from Linux's `/proc/net/tcp` and `tcp6` (proc_pid_net(5)), with the
 * process where this user may see it. Empty where there is no such file.
 */
export function readListeners(
  root = "/proc",
  { port, withinMs = Infinity }: WantedListeners = {},
): Listener[] {
  const tables = [`${root}/net/tcp`, `${root}/net/tcp6`];
  const all = tables.flatMap((table) => parseSockets(tableIn(table)));
  const sockets = port === undefined ? all : all.filter((socket) => socket.port === port);
  if (sockets.length === 0) return [];
  const until = performance.now() + withinMs;
  const holders = processesOf(new Set(sockets.map(({ inode }) => inode)), root, until);
  return sockets.map(({ address, port, inode }) => {
    const process = holders.get(inode);
    return { address, port, ...(process === undefined ? {} : { process }) };
  });
}

interface ListeningSocket {
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

const LISTEN = "0A";

/** The lines of one table in state LISTEN: `sl local_address rem_address st … inode`. */
export function parseSockets(table: string): ListeningSocket[] {
  const found: ListeningSocket[] = [];
  for (const line of table.split("\n").slice(1)) {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    if (state !== LISTEN || !/^([0-9A-F]{8}|[0-9A-F]{32})$/.test(address)) continue;
    found.push({ address: addressOf(address), port: Number.parseInt(port, 16), inode });
  }
  return found;
}

/** Addresses stand there as 32-bit words in the byte order of the machine, which is little-endian wherever Node runs. */
function addressOf(digits: string): string {
  const words = digits.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) =>
    (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).toReversed(),
  );
  if (bytes.length === 4) return bytes.join(".");
  const mapped = bytes.slice(0, 12).every((byte, at) => byte === (at < 10 ? 0 : 255));
  if (mapped) return bytes.slice(12).join(".");
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[at * 2] ?? 0) << 8) | (bytes[at * 2 + 1] ?? 0)).toString(16),
  );
  // The WHATWG URL parser writes IPv6 as RFC 5952 asks.
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/**
 * Socket inode -> the process that holds it; the first one where several do, which is the parent. Those that were found
 * when `until` (by `performance.now()`) is over.
 */
function processesOf(wanted: ReadonlySet<string>, root: string, until: number): Map<string, ProcessFacts> {
  const found = new Map<string, ProcessFacts>();
  const pids = namesIn(root)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
  for (const pid of pids) {
    for (const descriptor of namesIn(`${root}/${pid}/fd`)) {
      if (performance.now() > until) return found;
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`${root}/${pid}/fd/${descriptor}`))?.[1];
      if (inode === undefined || !wanted.has(inode) || found.has(inode)) continue;
      found.set(inode, { pid, name: nameOf(pid, root) });
    }
    if (found.size === wanted.size) break;
  }
  return found;
}

/** A process is called as its main thread is: the program's name, unless it renames that thread, as Node 24 does. */
function nameOf(pid: number, root: string): string {
  const name = textOf(`${root}/${pid}/comm`).trim();
  return name === "MainThread" ? basename(linkOf(`${root}/${pid}/exe`)) || name : name;
}

// Processes come and go while this reads, and most belong to somebody else: what cannot be read is passed over.

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** As much as the kernel gives at a time: it fills a page, as far as there are lines. */
const PAGE_BYTES = 4_096;

/**
 * A table of sockets. Each read takes the kernel a walk through all that it could have: the one that would say no more
 * than that this is the end, when the last page came half empty, is saved.
 */
function tableIn(path: string): string {
  const page = Buffer.alloc(PAGE_BYTES);
  let table = "";
  try {
    const file = openSync(path, "r");
    try {
      for (let length = PAGE_BYTES; length > PAGE_BYTES / 2;) {
        length = readSync(file, page);
        table += page.toString("latin1", 0, length);
      }
    } finally {
      closeSync(file);
    }
  } catch {
    // No such file, or not for this user.
  }
  return table;
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
