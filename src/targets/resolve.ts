import { DiscoverError } from "../model/errors.ts";
import type { AddressRange, TargetSet } from "../model/target.ts";
import { formatAddress } from "./address.ts";
import type { Asked, Found } from "./find.ts";
import { findExcluded, findIncluded } from "./find.ts";
import type { Lookups } from "./lookups.ts";
import { lookUpAll } from "./names.ts";
import { parseExclusion, parseTarget } from "./parse.ts";
import { contains, count, subtract, union } from "./set.ts";
import type { TargetSpec } from "./spec.ts";
import type { Token } from "./token.ts";
import { shown } from "./token.ts";

export interface TargetRequest {
  readonly include: readonly Token[];
  readonly exclude: readonly Token[];
}

export interface ResolvedTargets {
  readonly targets: TargetSet;
  /** What was taken out, as `union` gives it. */
  readonly excluded: readonly AddressRange[];
  /** One line each. */
  readonly warnings: readonly string[];
}

/**
 * Turns what was asked for into addresses. Every token is read before anything is looked up.
 *
 * - A token that cannot be understood throws `bad-target`.
 * - A target's name that cannot be looked up is a warning; an exclusion's throws `bad-target`, since what it names
 *   must not be touched.
 * - Nothing left throws `no-target`.
 * - When `signal` fires, its reason is thrown.
 */
export async function resolveTargets(
  request: TargetRequest,
  lookups: Lookups,
  signal: AbortSignal,
): Promise<ResolvedTargets> {
  const include = await readAll(request.include, parseTarget);
  const exclude = await readAll(request.exclude, parseExclusion);
  const names = await lookUpAll(namesOf([...include, ...exclude]), lookups, signal);

  const known = { names, interfaces: () => lookups.interfaces() };
  const found = await Promise.all(include.map(async (asked) => findIncluded(asked, known)));
  const holes = await Promise.all(exclude.map(async (asked) => findExcluded(asked, known)));
  const wanted = union(found.flatMap(({ ranges }) => ranges));
  const ranges = subtract(wanted, holes.flat());
  const warnings = found.flatMap(({ warning }) => warning ?? []);
  if (ranges.length === 0) throw nothingLeft(count(wanted), warnings);

  const hostnames = hostnamesOf(found, ranges);
  const labels = request.include.map(({ text }) => shown(text));
  const targets = { ranges, count: count(ranges), hostnames, sameHost: sameHostOf(hostnames), labels };
  return { targets, excluded: union(holes.flat()), warnings: [...new Set(warnings)] };
}

async function readAll(
  tokens: readonly Token[],
  parse: (token: Token) => Promise<TargetSpec>,
): Promise<Asked[]> {
  const asked: Asked[] = [];
  // One after the other, so that of several errors the first is told.
  for (const token of tokens) asked.push({ token, spec: await parse(token) });
  return asked;
}

function namesOf(asked: readonly Asked[]): Set<string> {
  return new Set(asked.flatMap(({ spec }) => (spec.kind === "name" ? spec.name : [])));
}

function nothingLeft(wanted: number, warnings: readonly string[]): DiscoverError {
  const because = warnings.length === 0 ? "" : `; ${warnings.join("; ")}`;
  if (wanted > 0) {
    const all = wanted === 1 ? "the one address" : `all ${wanted.toLocaleString("en-US")} addresses`;
    return new DiscoverError(
      "no-target",
      `nothing left to look at: the exclusions take out ${all}${because}`,
    );
  }
  return new DiscoverError(
    "no-target",
    `nothing to look at: ${warnings.length === 0 ? "no target was given" : warnings.join("; ")}`,
  );
}

/** The names of every address that is left, by the address's text. */
function hostnamesOf(found: readonly Found[], ranges: readonly AddressRange[]): Map<string, string[]> {
  const hostnames = new Map<string, string[]>();
  for (const { ranges: addresses, name } of found) {
    if (name === undefined) continue;
    for (const address of addresses.filter((address) => contains(ranges, address))) {
      const text = formatAddress(address.family, address.first, address.zone);
      const names = hostnames.get(text) ?? [];
      if (!names.includes(name)) hostnames.set(text, [...names, name]);
    }
  }
  return hostnames;
}

/** See `TargetSet.sameHost`. */
function sameHostOf(hostnames: ReadonlyMap<string, readonly string[]>): Map<string, readonly string[]> {
  const byName = new Map<string, string[]>();
  for (const [address, names] of hostnames) {
    for (const name of names) byName.set(name, [...(byName.get(name) ?? []), address]);
  }
  const sameHost = new Map<string, readonly string[]>();
  for (const addresses of byName.values()) {
    const [a, b, ...more] = addresses;
    if (a === undefined || b === undefined || more.length > 0 || a.includes(":") === b.includes(":"))
      continue;
    for (const address of addresses) sameHost.set(address, addresses);
  }
  return sameHost;
}
