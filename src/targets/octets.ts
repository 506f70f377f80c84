import type { AddressRange } from "../model/target.ts";
import { octetCountFault, octetFault } from "./fault.ts";
import type { Refuse } from "./token.ts";

/** So many separate ranges fit in memory without a thought; `*.*.*.1` would be 16,777,216. */
const MOST_RANGES = 262_144;

type Run = readonly [first: number, last: number];

/**
 * An IPv4 address whose octets may each be a number, a range, a list of both, or `*` (the notation of nmap's
 * "target specification"): `10.0.0.1`, `10.0.0.5-20`, `192.168.1,3.*`. Undefined where the text is nothing like one.
 */
export function parseOctets(text: string, refuse: Refuse): AddressRange[] | undefined {
  // Digits and hyphens without a dot can be a host name, such as 10-0-0-1; digits alone cannot.
  if (!/^[.,-]*[\d*][\d.,*-]*$/.test(text) || /^[\d-]*-[\d-]*$/.test(text)) return undefined;
  const parts = text.split(".");
  const fault = octetCountFault(parts.length);
  if (fault !== undefined) return refuse(fault);
  const octets = parts.map((part, at) => runsOf(part, at + 1, refuse));
  return combine(octets, refuse).map(([first, last]) => ({
    family: 4,
    first: BigInt(first),
    last: BigInt(last),
  }));
}

function runsOf(part: string, position: number, refuse: Refuse): Run[] {
  const chosen = Array.from({ length: 256 }, () => false);
  for (const item of part.split(",")) {
    const [first, last] = item === "*" ? [0, 255] : itemRun(item, position, refuse);
    chosen.fill(true, first, last + 1);
  }
  const runs: Run[] = [];
  for (let first = chosen.indexOf(true); first >= 0;) {
    const end = chosen.indexOf(false, first);
    runs.push([first, (end < 0 ? 256 : end) - 1]);
    first = end < 0 ? -1 : chosen.indexOf(true, end);
  }
  return runs;
}

function itemRun(item: string, position: number, refuse: Refuse): Run {
  const ends = item.split("-");
  if (ends.length > 2 || (ends.length === 2 && ends.includes(""))) {
    return refuse(`octet ${position} is ${item}: a range has two ends, as in 1-20`);
  }
  const fault = ends.map((end) => octetFault(end, position)).find((fault) => fault !== undefined);
  if (fault !== undefined) return refuse(fault);
  const [first = 0, last = first] = ends.map(Number);
  if (last < first) return refuse(`octet ${position} is reversed: write ${last}-${first}`);
  return [first, last];
}

/** From the last octet to the first; octets that are whole behind one that is not stay one range. */
function combine(octets: readonly (readonly Run[])[], refuse: Refuse): readonly Run[] {
  let below: readonly Run[] = [[0, 0]];
  let span = 1;
  for (const runs of octets.toReversed()) {
    below = isWhole(below, span) ? scaled(runs, span) : repeated(runs, below, span, refuse);
    span *= 256;
  }
  return below;
}

function isWhole(runs: readonly Run[], span: number): boolean {
  const [only] = runs;
  return runs.length === 1 && only?.[0] === 0 && only[1] === span - 1;
}

function scaled(runs: readonly Run[], span: number): Run[] {
  return runs.map(([first, last]) => [first * span, last * span + span - 1]);
}

function repeated(runs: readonly Run[], below: readonly Run[], span: number, refuse: Refuse): Run[] {
  const values = runs.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, at) => first + at),
  );
  if (values.length * below.length > MOST_RANGES) {
    return refuse(
      `more than ${MOST_RANGES.toLocaleString("en-US")} separate ranges: narrow the first octets`,
    );
  }
  return values.flatMap((value) =>
    below.map(([first, last]): Run => [value * span + first, value * span + last]),
  );
}
