import { readFileSync } from "node:fs";

/** arp(7): an entry without this flag is one that nobody has answered for, so far or at all. */
const COMPLETE = 0x2;

/**
 * What the kernel knows of the IPv4 hosts on its links, by address: whether somebody has answered for it. Empty where there
 * is no /proc.
 */
export function readNeighbours(): Map<string, boolean> {
  const rows = tableText().trim().split("\n").slice(1);
  return new Map(
    rows.map((row) => {
      const [address = "", , flags = "0"] = row.split(/\s+/);
      return [address, (Number(flags) & COMPLETE) !== 0];
    }),
  );
}

function tableText(): string {
  try {
    return readFileSync("/proc/net/arp", "utf8");
  } catch {
    return "";
  }
}
