import { DiscoverError } from "../model/errors.ts";
import type { InterfaceAddress } from "../model/interface-address.ts";
import { suggestion } from "../model/nearest.ts";
import type { AddressRange } from "../model/target.ts";
import { LOOPBACK, localNetworks, loopback, wholeLocalNetworks } from "./local.ts";
import type { NameResult } from "./names.ts";
import type { TargetSpec } from "./spec.ts";
import type { Token } from "./token.ts";
import { shown } from "./token.ts";

/** A token and what it asks for. */
export interface Asked {
  readonly token: Token;
  readonly spec: TargetSpec;
}

/** What a target came to. */
export interface Found {
  readonly ranges: readonly AddressRange[];
  /** The name by which all of `ranges` were asked for; each of them is one address then. */
  readonly name?: string;
  readonly warning?: string;
}

/** What is known of names and of this machine by now. */
export interface Known {
  readonly names: ReadonlyMap<string, NameResult>;
  interfaces(): readonly InterfaceAddress[];
}

/** The addresses to look at. A name that has none is a warning. */
export async function findIncluded({ token, spec }: Asked, known: Known): Promise<Found> {
  if (spec.kind === "ranges") return findRanges(token, spec.ranges);
  if (spec.kind === "localhost") return { ranges: loopback(known.interfaces()), name: "localhost" };
  if (spec.kind === "local") return findLocal(token, known);
  const result = known.names.get(spec.name);
  if (result?.kind === "found") return { ranges: result.addresses, name: spec.name.replace(/\.$/, "") };
  return { ranges: [], warning: failure(token, result, suggestion(spec.name, ["local", "localhost"])) };
}

/** The addresses to leave out. A name that has none throws `bad-target`: what it names must not be touched. */
export async function findExcluded({ token, spec }: Asked, known: Known): Promise<readonly AddressRange[]> {
  if (spec.kind === "ranges") return spec.ranges;
  if (spec.kind === "localhost") return LOOPBACK;
  if (spec.kind === "local") return wholeLocalNetworks(known.interfaces());
  const result = known.names.get(spec.name);
  if (result?.kind === "found") return result.addresses;
  throw new DiscoverError(
    "bad-target",
    failure(token, result, ", so it cannot be left out: give its address"),
  );
}

/** A connect to a link-local address fails unless its zone says by which interface (RFC 4007, section 6). */
function findRanges({ text, where }: Token, ranges: readonly AddressRange[]): Found {
  const lost = ranges.some((range) => range.zone === undefined && isLinkLocal(range));
  if (!lost) return { ranges };
  return { ranges, warning: `${shown(text)} (${where}): link-local, so it needs a zone, as in fe80::1%eth0` };
}

/** In fe80::/10 (RFC 4291, section 2.5.6). */
function isLinkLocal({ family, first }: AddressRange): boolean {
  return family === 6 && first >> 118n === 0x3fan;
}

async function findLocal({ text, where }: Token, known: Known): Promise<Found> {
  const { ranges, narrowed } = await localNetworks(known.interfaces());
  const told = `${text} (${where}):`;
  if (ranges.length === 0) {
    return { ranges, warning: `${told} this machine has no network interface but loopback` };
  }
  if (narrowed.length === 0) return { ranges };
  const on = narrowed.map((name) => shown(name)).join(", ");
  const warning = `${told} the IPv6 networks of ${on} are too wide to walk or need a zone, so only this machine's own addresses there are looked at`;
  return { ranges, warning };
}

function failure({ text, where }: Token, result: NameResult | undefined, then: string): string {
  const reason = result?.kind === "failed" ? result.reason : "name not found";
  return `${shown(text)} (${where}): ${reason}${then}`;
}
