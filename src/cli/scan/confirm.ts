import { DiscoverError } from "../../model/errors.ts";
import type { ScanSize } from "../../model/options.ts";
import { count, counted, duration } from "../../output/table/quantity.ts";
import type { Io } from "../terminal/io.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** `16,777,216 addresses, 587,202,560 probes: from 8 h 9 min if all answer to 326 h 13 min if none does`. */
export function sizeText({ addresses, probes, fastestMs, slowestMs }: ScanSize): string {
  const [fastest, slowest] = [duration(fastestMs), duration(slowestMs)];
  // A rate may be what decides, and then it is the same either way.
  const time =
    fastest === slowest ? `some ${slowest}` : `from ${fastest} if all answer to ${slowest} if none does`;
  return `${counted(addresses, "address", "addresses")}, ${counted(probes, "probe")}: ${time}`;
}

export interface ConfirmContext {
  readonly io: Io;
  readonly terminal: Terminal;
  /** `--yes`. */
  readonly yes: boolean;
  readonly signal: AbortSignal;
}

/**
 * Says how big a large run is, and finds out whether it is meant: by `--yes`, or by asking where a person is there.
 * Throws `large-range` where it is not, or where nobody can be asked.
 */
export async function confirmLarge(size: ScanSize, context: ConfirmContext): Promise<boolean> {
  const { io, terminal, yes, signal } = context;
  const large = `a large range: ${sizeText(size)}`;
  if (yes) {
    terminal.note(large);
    return true;
  }
  if (!io.stdin.isTTY || !io.stderr.isTTY) {
    throw new DiscoverError("large-range", `${large}; add --yes to scan it`);
  }
  terminal.clear();
  io.stderr.write(`${large}\nScan ${count(size.addresses)} addresses? [y/N] `);
  if (/^y(?:es)?$/i.test((await readLine(io, signal)).trim())) return true;
  throw new DiscoverError("large-range", "nothing was scanned: the answer was not y");
}

async function readLine(io: Io, signal: AbortSignal): Promise<string> {
  let line = "";
  for await (const chunk of io.stdin.chunks(signal)) {
    line += chunk;
    if (line.includes("\n")) break;
  }
  return line.split("\n", 1)[0] ?? "";
}
