import type { AddressRange } from "../model/target.ts";
import { parseAddress } from "./address.ts";
import { parseCidr } from "./cidr.ts";
import { addressFault } from "./fault.ts";
import { parseHostName } from "./host-name.ts";
import { refuseMistakes } from "./mistake.ts";
import { parseOctets } from "./octets.ts";
import { parseSpan } from "./span.ts";
import type { TargetSpec } from "./spec.ts";
import type { Refuse, Token } from "./token.ts";
import { refuserOf } from "./token.ts";

/** More addresses than this are not walked. All of IPv4 is just as many. */
const MOST_ADDRESSES: bigint = 2n ** 32n;

/** Reads a target, which must be something one can look at. Throws `bad-target`. */
export async function parseTarget(token: Token): Promise<TargetSpec> {
  const spec = await parseExclusion(token);
  const refuse = refuserOf(token);
  if (spec.kind === "ranges") for (const range of spec.ranges) refuseUnwalkable(range, refuse);
  return spec;
}

/** Reads what is to be left out: as a target, but no network is too wide. Throws `bad-target`. */
export async function parseExclusion(token: Token): Promise<TargetSpec> {
  const { text } = token;
  const refuse = refuserOf(token);
  const word = text.toLowerCase();
  if (word === "local") return { kind: "local" };
  if (word === "localhost" || word === "localhost.") return { kind: "localhost" };
  const ranges = await parseRanges(text, refuse);
  return ranges === undefined
    ? { kind: "name", name: parseHostName(text, refuse) }
    : { kind: "ranges", ranges };
}

async function parseRanges(text: string, refuse: Refuse): Promise<readonly AddressRange[] | undefined> {
  refuseMistakes(text, refuse);
  const range = (await parseCidr(text, refuse)) ?? parseSpan(text, refuse) ?? parseColons(text, refuse);
  return range === undefined ? parseOctets(text, refuse) : [range];
}

/** An IPv6 address, in brackets or not: nothing else has a colon or a bracket. */
function parseColons(text: string, refuse: Refuse): AddressRange | undefined {
  const inside = /^\[(.*)\]$/.exec(text)?.[1];
  if (inside !== undefined && !inside.includes(":")) {
    return refuse(`brackets are for IPv6 addresses: write ${inside}`);
  }
  const bare = inside ?? text;
  if (!bare.includes(":")) return undefined;
  return parseAddress(bare) ?? refuse(addressFault(bare));
}

function refuseUnwalkable({ first, last }: AddressRange, refuse: Refuse): void {
  const count = last - first + 1n;
  if (count > MOST_ADDRESSES) {
    refuse(
      `${count.toLocaleString("en-US")} addresses are more than can be walked: narrow it to /96 or more`,
    );
  }
  // Linux takes a connect to the unspecified address for one to itself.
  if (count === 1n && first === 0n) refuse("not a host; for this machine say localhost");
}
