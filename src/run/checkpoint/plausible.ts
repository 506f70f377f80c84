import type { Endpoint } from "../../model/endpoint.ts";
import type { Scope } from "../../model/strategy.ts";
import type { Portion } from "../../scan/deal.ts";
import type { SweepMark } from "../../scan/sweep.ts";
import { noCounts, sumOf } from "../../scan/tally.ts";
import { parseAddress } from "../../targets/address.ts";
import { holds } from "../../targets/set.ts";

/** A sparse portion has whole networks of 256 hosts, with all ports. */
const MOST_PROBES = 2 ** 24;
/** More than all threads together have begun at a time. */
const MOST_PORTIONS = 8_192;
/** Plain, a mark has at most three bits a probe, as base64, and what is said of each portion. */
const BESIDES_BITS = 512 * MOST_PORTIONS;
const MOST_BYTES = 2 ** 28;

/** So long may the plain text of a mark be, in bytes. */
export function mostBytesOf({ targets, ports }: Scope): number {
  return Math.min(MOST_BYTES, BESIDES_BITS + Math.ceil((targets.count * ports.length) / 2));
}

/** Probes that a mark says are settled. */
export function settledBy({ done, portions }: SweepMark): number {
  return portions.reduce((sum, { counts = noCounts() }) => sum + sumOf(counts), sumOf(done));
}

/** Why no sweep of a scope can have come to such a mark, in words; undefined where one can. */
export function markFault(mark: SweepMark, scope: Scope): string | undefined {
  const { place, portions, done } = mark;
  const [hosts, ports] = [scope.targets.count, scope.ports.length];
  const isWithin =
    place.port === 0 ? place.host <= hosts : place.host === 0 && hosts > 0 && place.port < ports;
  if (!isWithin) return "its place is not in the field";
  if (portions.length > MOST_PORTIONS) return `it has ${portions.length} portions`;
  // By ports only where all hosts are dealt together.
  const dealt = place.port === 0 ? { hosts: place.host, ports } : { hosts, ports: place.port };
  for (const portion of portions) {
    const fault = portionFault(portion, dealt);
    if (fault !== undefined) return `a portion ${fault}`;
  }
  if (haveCommon(portions)) return "two portions have probes in common";
  const all = portions.reduce((sum, one) => sum + one.hosts * one.ports, sumOf(done));
  return all === dealt.hosts * dealt.ports ? undefined : "its counts do not add up";
}

function portionFault(portion: Portion, dealt: { hosts: number; ports: number }): string | undefined {
  const { firstHost, hosts, firstPort, ports, mark, counts = noCounts() } = portion;
  const probes = hosts * ports;
  if (probes === 0 || probes > MOST_PROBES) return `has ${probes} probes`;
  if (firstHost + hosts > dealt.hosts || firstPort + ports > dealt.ports) return "is not in what was dealt";
  if (mark === undefined) return sumOf(counts) === 0 ? undefined : "has counts and no bits";
  const { settled, silent, alive } = mark;
  if (!fits(settled, probes) || !fits(silent, probes) || !fits(alive, hosts))
    return "has bits of another size";
  return countBits(settled) === sumOf(counts) ? undefined : "has other counts than bits";
}

/** Of one deal they have the same hosts, or none in common. */
function haveCommon(portions: readonly Portion[]): boolean {
  const sorted = portions.toSorted((a, b) => a.firstHost - b.firstHost || a.firstPort - b.firstPort);
  return sorted.some((portion, at) => {
    const before = sorted[at - 1];
    if (before === undefined || portion.firstHost >= before.firstHost + before.hosts) return false;
    const haveSameHosts = portion.firstHost === before.firstHost && portion.hosts === before.hosts;
    return !haveSameHosts || portion.firstPort < before.firstPort + before.ports;
  });
}

/** As many bytes as it takes, and no bit beyond the last. */
function fits(bits: Uint8Array, length: number): boolean {
  if (bits.length !== Math.ceil(length / 8)) return false;
  return length % 8 === 0 || (bits.at(-1) ?? 0) >> (length % 8) === 0;
}

function countBits(bits: Uint8Array): number {
  let sum = 0;
  for (let byte of bits) for (; byte !== 0; byte &= byte - 1) sum++;
  return sum;
}

/** They look at targets and at nothing else: others hear of hosts, and plug-ins may observe anything. */
const SWEEPERS: ReadonlySet<string> = new Set(["tcp", "http"]);

/**
 * What to make of an endpoint in a checkpoint of a scope: `foreign` where its run cannot have looked there, `gone` where it
 * may have. Where nobody names a target, whatever listens on this machine is looked at, and what did may not any more.
 */
export function placeTest(scope: Scope): (endpoint: Endpoint) => "known" | "gone" | "foreign" {
  const { targets, extra, strategies } = scope;
  const others = new Set(extra.map(({ address }) => address));
  const isOpen = !strategies.every((name) => SWEEPERS.has(name));
  const isLocal = targets.labels.length === 1 && targets.labels[0] === "localhost";
  return ({ address }) => {
    const parsed = parseAddress(address);
    if (isOpen || others.has(address) || (parsed !== undefined && holds(targets.ranges, parsed)))
      return "known";
    return isLocal ? "gone" : "foreign";
  };
}
