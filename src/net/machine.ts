import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";

import type { InterfaceAddress } from "../model/interface-address.ts";

/** Every address of every interface that is up. */
export function readInterfaces(): InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.map(({ address, family, cidr, internal, ...rest }) => ({
      name,
      address,
      family: family === "IPv6" ? (6 as const) : (4 as const),
      prefixLength: Number(cidr?.split("/")[1] ?? (family === "IPv6" ? 128 : 32)),
      internal,
      ...("scopeid" in rest && rest.scopeid !== 0 ? { zone: name } : {}),
    })),
  );
}

/** All addresses of a host name, by the system's own resolver. Rejects where it has none. */
export async function addressesOf(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}

/** Descriptors kept free for everything that is not a probe. */
const RESERVED_DESCRIPTORS = 64;
const FEWEST_SOCKETS = 16;

/**
 * Sockets this process may hold at once: its soft descriptor limit (Node has raised it to the hard one by now)
 * less a reserve. Infinity where there is no limit to read.
 */
export function socketLimit(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readLimits())?.[1];
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(FEWEST_SOCKETS, Number(limit) - RESERVED_DESCRIPTORS);
}

function readLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return reportedLimit();
  }
}

/** Where there is no /proc, Node's diagnostic report knows; it takes some 10 ms. */
function reportedLimit(): string {
  const report: unknown = process.report?.getReport();
  const limits = report instanceof Object && "userLimits" in report ? JSON.stringify(report.userLimits) : "";
  const soft = /"open_files":\{"soft":"?(\d+)/.exec(limits)?.[1];
  return soft === undefined ? "" : `Max open files ${soft}`;
}
