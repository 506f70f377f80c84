import { encodeQuery } from "../../src/dns/encode.ts";
import type { MulticastLink, MulticastLinks, MulticastPacket } from "../../src/model/multicast.ts";
import type { Scope, StrategyCheck, StrategyContext } from "../../src/model/strategy.ts";
import { faultText, linkText, noInterface, unknownInterfaces } from "./troubles.ts";

/** Loopback takes no longer, in milliseconds. */
const HEARD_MS = 1_000;

/** See `Strategy.test`: interfaces, the port, and whether what is sent to the group comes back from it. */
export async function checkMdns(scope: Scope, context: StrategyContext): Promise<readonly StrategyCheck[]> {
  const unknown = unknownInterfaces(scope, context);
  const missing = unknown === undefined ? [] : [{ works: false, summary: unknown, remedy: NAME_ANOTHER }];
  const ears = new Map<MulticastLink, (bytes: Uint8Array) => void>();
  const onPacket = ({ link, bytes, own }: MulticastPacket): void => {
    if (own) ears.get(link)?.(bytes);
  };
  const links = await context.net.multicast({ interfaces: scope.interfaces, watch: false, onPacket });
  try {
    if (links.links.length === 0) {
      return [...missing, { works: false, summary: noInterface(scope), remedy: NAME_ANOTHER }];
    }
    const heard = links.links.map((link) => checkLink(link, ears, context.signal));
    return [...missing, ...faultChecks(links), portCheck(links), ...(await Promise.all(heard))];
  } finally {
    await links.close();
  }
}

const NAME_ANOTHER = "connect a network, or name an interface that is up with --interface";

/** An interface that cannot be used in one family is a fault only where it cannot in the other. */
function faultChecks({ links, faults }: MulticastLinks): StrategyCheck[] {
  return faults
    .filter((fault) => !links.some((link) => link.interface === fault.interface))
    .map((fault) => ({
      works: false,
      summary: `mDNS cannot be used on ${linkText(fault)}: ${faultText(fault.code)}`,
      remedy: NAME_ANOTHER,
    }));
}

function portCheck({ links, shared }: MulticastLinks): StrategyCheck {
  const held = links.filter(({ mode }) => mode === "one-shot").map(linkText);
  if (held.length > 0) {
    return {
      works: false,
      summary: `UDP port 5353 is held by a program that does not share it, on ${held.join(", ")}`,
      remedy: "end that program, or have it set SO_REUSEADDR (avahi-daemon and systemd-resolved do)",
    };
  }
  const how = { true: "shared with another program", false: "free", undefined: "open to us" }[`${shared}`];
  return { works: true, summary: `UDP port 5353 is ${how}` };
}

async function checkLink(
  link: MulticastLink,
  ears: Map<MulticastLink, (bytes: Uint8Array) => void>,
  signal: AbortSignal,
): Promise<StrategyCheck> {
  const query = oddQuery();
  const over = new AbortController();
  const coming = heard(link, query, ears, AbortSignal.any([signal, over.signal]));
  const fault = await link.send(query);
  if (fault !== undefined || link.mode === "one-shot") over.abort();
  const again = await coming;
  const where = linkText(link);
  if (fault !== undefined) {
    const summary = `a question cannot be sent on ${where}: ${faultText(fault)}`;
    return { works: false, summary, remedy: "let UDP port 5353 out to 224.0.0.251 and ff02::fb" };
  }
  if (link.mode === "one-shot") return { works: true, summary: `a question went out on ${where}` };
  if (again) return { works: true, summary: `a question was sent and heard again on ${where}` };
  const summary = `a question was sent on ${where} and not heard again`;
  return { works: false, summary, remedy: "let UDP port 5353 in: a firewall seems to drop it" };
}

/** Whether exactly these bytes come back from the group before `signal`, and soon. */
function heard(
  link: MulticastLink,
  query: Uint8Array,
  ears: Map<MulticastLink, (bytes: Uint8Array) => void>,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (result: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      ears.delete(link);
      resolve(result);
    };
    const giveUp = (): void => settle(false);
    const timer = setTimeout(giveUp, HEARD_MS);
    signal.addEventListener("abort", giveUp);
    ears.set(link, (bytes) => {
      if (Buffer.compare(bytes, query) === 0) settle(true);
    });
    if (signal.aborted) giveUp();
  });
}

/** For a type that nobody has, so that nobody answers. */
function oddQuery(): Uint8Array {
  const label = `_sonde-${Math.random().toString(36).slice(2, 10)}`;
  return encodeQuery({
    id: 0,
    recursionDesired: false,
    questions: [{ name: [label, "_udp", "local"], type: "PTR" }],
  });
}
